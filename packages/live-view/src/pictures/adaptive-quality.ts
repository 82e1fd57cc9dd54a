import type { CastSettings } from './cast-settings.js';

/** Each step takes about half the bytes of the one before. */
const steps = [
  { size: 1, quality: 1 },
  { size: 1, quality: 0.6 },
  { size: 0.75, quality: 0.5 },
  { size: 0.5, quality: 0.4 },
] as const;
const qualityMin = 20;
const stayMs = 3_000;
const slowMs = 400;

/**
 * Chooses quality by the time that frames take from being sent to being drawn, which is the viewer's bandwidth and
 * nothing else of interest. A step begins the cast anew, so there are at least three seconds between two.
 */
export class AdaptiveQuality {
  #step = 0;
  #changedMs = -Infinity;

  /** Takes the milliseconds that a frame took; true if the settings are others from now on. */
  drawn(tookMs: number, nowMs: number): boolean {
    if (nowMs - this.#changedMs < stayMs) return false;
    const step = Math.min(Math.max(this.#step + direction(tookMs), 0), steps.length - 1);
    if (step === this.#step) return false;
    this.#step = step;
    this.#changedMs = nowMs;
    return true;
  }

  settings(wanted: CastSettings): CastSettings {
    const { size, quality } = steps[this.#step] ?? steps[0];
    return {
      ...wanted,
      width: Math.round(wanted.width * size),
      height: Math.round(wanted.height * size),
      quality: Math.max(qualityMin, Math.round(wanted.quality * quality)),
    };
  }
}

/** Better only when it is much faster than it need be, so that it does not go to and fro. */
function direction(tookMs: number): -1 | 0 | 1 {
  if (tookMs > slowMs) return 1;
  return tookMs < slowMs / 4 ? -1 : 0;
}
