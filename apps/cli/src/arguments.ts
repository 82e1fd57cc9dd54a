import { UsageError } from './usage-error.js';

/** Values by the option names in the definition; under `--` the words of the user's own command. */
export type Values = Record<string, string | number | boolean | string[]>;

/** What was typed after a command's name, by the names in its definition. */
export class Arguments {
  private readonly values: Values;

  constructor(values: Values) {
    this.values = values;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '')
      throw new UsageError(`--${name} is missing.`, 'See --help for examples.');
    return value;
  }

  number(name: string): number | undefined {
    const value = this.values[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new UsageError(`--${name} must be a number.`, 'See --help for examples.');
  }

  /** A whole number of 0 or more. `called` is what the user knows it by, for a positional. */
  count(name: string, called = `--${name}`): number | undefined {
    const value = this.number(name);
    if (value === undefined || (Number.isInteger(value) && value >= 0)) return value;
    throw new UsageError(`${called} must be a whole number, 0 or more.`, 'See --help for examples.');
  }

  /** The number of a slot, which is required. */
  slot(): number {
    const value = this.count('slot', 'The slot');
    if (value !== undefined) return value;
    throw new UsageError('Which slot? Give its number, counted from 0.', 'escarp status lists the slots.');
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  /** True, false, or undefined if neither was given. */
  choice(name: string): boolean | undefined {
    const value = this.values[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  /** Words after `--`, or those of a positional that takes several. */
  list(name: string): string[] {
    const value = this.values[name];
    return Array.isArray(value) ? value : [];
  }
}
