/** When something ends, in epoch seconds, as a time and as the seconds that are left: `until 2026-01-02T03:04:05.000Z (60 s)`. */
export function lastingUntil(epochSeconds: number, nowMs: number): string {
  const left = Math.max(0, Math.round(epochSeconds - nowMs / 1_000));
  return `until ${new Date(epochSeconds * 1_000).toISOString()} (${left} s)`;
}
