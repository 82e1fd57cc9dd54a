/** Memory in decimal units: "212 MB", "1.4 GB". */
export function bytes(count: number): string {
  if (count < 1e9) return `${Math.round(count / 1e6)} MB`;
  return `${(count / 1e9).toFixed(1)} GB`;
}
