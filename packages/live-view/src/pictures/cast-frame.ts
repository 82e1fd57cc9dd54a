/** One picture of a tab. */
export interface CastFrame {
  /** What acknowledges it. */
  readonly ack: number;
  readonly pageWidth: number;
  readonly pageHeight: number;
  /** Epoch milliseconds. */
  readonly drawnAtMs: number;
  readonly jpeg: Buffer;
}

/** Reads the parameters of a `Page.screencastFrame`; undefined if a browser sends something else. */
export function readCastFrame(params: Readonly<Record<string, unknown>>): CastFrame | undefined {
  const { data, sessionId, metadata } = params;
  if (typeof data !== 'string' || typeof sessionId !== 'number') return undefined;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const { deviceWidth, deviceHeight, timestamp }: { [name: string]: unknown } = { ...metadata };
  return {
    ack: sessionId,
    pageWidth: pixels(deviceWidth),
    pageHeight: pixels(deviceHeight),
    drawnAtMs: typeof timestamp === 'number' ? timestamp * 1_000 : 0,
    jpeg: Buffer.from(data, 'base64'),
  };
}

function pixels(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.round(value) : 0;
}
