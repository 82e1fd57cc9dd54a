import { UsageError } from './usage-error.js';

const seconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Seconds from what a person types: `90`, `90s`, `5m`, `2h`, `30d`. Throws a usage error that names the option. */
export function durationS(option: string, given: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(given) ?? [];
  if (amount === undefined) {
    throw new UsageError(`--${option} ${given} is no duration.`, 'Say it as 90s, 5m, 2h or 30d.');
  }
  return Number(amount) * seconds[unit === 'm' || unit === 'h' || unit === 'd' ? unit : 's'];
}
