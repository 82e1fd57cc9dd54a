/** How good the pictures of a tab are, and how often they come. */
export interface CastSettings {
  /** Largest size that is of use, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Of JPEG, up to 100. */
  readonly quality: number;
  readonly intervalMs: number;
  /** Whether a page that keeps moving may be shown smaller and coarser until it rests. */
  readonly mayBeDraft: boolean;
}

/** What satisfies everybody who watches the same tab; undefined if nobody does. */
export function widestOf(wanted: readonly CastSettings[]): CastSettings | undefined {
  if (wanted.length === 0) return undefined;
  return {
    width: Math.max(...wanted.map(({ width }) => width)),
    height: Math.max(...wanted.map(({ height }) => height)),
    quality: Math.max(...wanted.map(({ quality }) => quality)),
    intervalMs: Math.min(...wanted.map(({ intervalMs }) => intervalMs)),
    mayBeDraft: wanted.every(({ mayBeDraft }) => mayBeDraft),
  };
}

/** Below this, text on a page cannot be read any more. */
const draftWidthMin = 640;
const draftSize = 2 / 3;
const draftQuality = 40;
const draftIntervalMs = 200;

/** Of a page that keeps moving: a third of the bytes, half of what a picture costs the browser, and five a second at most. */
export function draftOf(settings: CastSettings): CastSettings {
  const { width, height, quality, mayBeDraft } = settings;
  const size = Math.max(draftSize, draftWidthMin / width);
  if (!mayBeDraft || size >= 1) return settings;
  return {
    ...settings,
    width: Math.round(width * size),
    height: Math.round(height * size),
    quality: Math.min(quality, draftQuality),
    intervalMs: Math.max(settings.intervalMs, draftIntervalMs),
  };
}

/** Whether both need the same pictures; how often they come is not a matter of the browser's. */
export function isSamePicture(a: CastSettings | undefined, b: CastSettings | undefined): boolean {
  return a?.width === b?.width && a?.height === b?.height && a?.quality === b?.quality;
}
