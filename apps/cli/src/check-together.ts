import type { Values } from './arguments.js';
import type { Option } from './definition.js';
import { UsageError } from './usage-error.js';

/** Refuses options of which one would make another ignored. `typed` contains what was typed, without defaults. */
export function checkTogether(options: readonly Option[], typed: Values): void {
  const isSaid = (name: string): boolean => typed[name] !== undefined && typed[name] !== false;
  for (const { name, conflicts = [], needs } of options.filter((option) => isSaid(option.name))) {
    const other = conflicts.find(isSaid);
    if (other !== undefined) {
      throw new UsageError(`--${name} and --${other} exclude each other.`, 'Pass one of them, or neither.');
    }
    if (needs !== undefined && !isSaid(needs)) {
      throw new UsageError(`--${name} needs --${needs}.`, `Add --${needs}, or leave it out.`);
    }
  }
}
