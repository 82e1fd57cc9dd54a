const units = [
  { seconds: 86_400, name: 'd', smaller: 3_600, smallerName: 'h' },
  { seconds: 3_600, name: 'h', smaller: 60, smallerName: 'min' },
];

/** A span of time as people say it, in at most two units: "42 s", "12 min", "1 h 05 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  for (const { seconds: size, name, smaller, smallerName } of units) {
    if (whole < size) continue;
    const rest = Math.floor((whole % size) / smaller);
    return `${Math.floor(whole / size)} ${name}${rest === 0 ? '' : ` ${rest} ${smallerName}`}`;
  }
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min`;
}
