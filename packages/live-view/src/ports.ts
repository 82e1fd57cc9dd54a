/** What the viewer is given of the process it runs in. */
export interface ViewerPorts {
  /** Epoch milliseconds. */
  readonly wallMs: () => number;
  /** Monotonic milliseconds. */
  readonly monotonicMs: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
  /** Told of what an operator should know: refused input, connections that failed. Never a secret. */
  readonly log: (message: string, details?: Readonly<Record<string, unknown>>) => void;
}
