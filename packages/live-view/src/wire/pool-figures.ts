/** Series for plots; each is a step function, the oldest first. */
export interface PoolFigures {
  /** Epoch seconds. */
  from: number;
  /** Epoch seconds. */
  to: number;
  slotsTotal: FigurePoint[];
  slotsLeased: FigurePoint[];
  queueLength: FigurePoint[];
  /** One point for each grant: seconds that its holder stood in line. */
  waitS: FigurePoint[];
  /** One point for each reset: seconds until the slot was free again. */
  resetS: FigurePoint[];
  /** Memory of all slots in bytes; only from when somebody began to watch. */
  memoryBytes: FigurePoint[];
}

/** A value from a moment on. */
export interface FigurePoint {
  /** Epoch seconds. */
  at: number;
  /** In the unit of its series. */
  value: number;
}
