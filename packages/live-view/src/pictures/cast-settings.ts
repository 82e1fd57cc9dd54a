/** How good the pictures of a tab are, and how often they come. */
export interface CastSettings {
  /** Largest size that is of use, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Of JPEG, up to 100. */
  readonly quality: number;
  readonly intervalMs: number;
}

/** What satisfies everybody who watches the same tab; undefined if nobody does. */
export function widestOf(wanted: readonly CastSettings[]): CastSettings | undefined {
  if (wanted.length === 0) return undefined;
  return {
    width: Math.max(...wanted.map(({ width }) => width)),
    height: Math.max(...wanted.map(({ height }) => height)),
    quality: Math.max(...wanted.map(({ quality }) => quality)),
    intervalMs: Math.min(...wanted.map(({ intervalMs }) => intervalMs)),
  };
}

/** Whether both need the same pictures; how often they come is not a matter of the browser's. */
export function isSamePicture(a: CastSettings | undefined, b: CastSettings | undefined): boolean {
  return a?.width === b?.width && a?.height === b?.height && a?.quality === b?.quality;
}
