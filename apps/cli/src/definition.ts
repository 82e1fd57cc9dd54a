import type { Arguments } from './arguments.js';
import type { Cli } from './cli.js';

/** One command: what help, completion and the parser know about it, and where its code is. */
export interface Definition {
  readonly name: string;
  /** One line, for people. */
  readonly summary: string;
  readonly positional?: Positional;
  /** A command of the user's own follows after `--`, or may follow. */
  readonly takesCommand?: 'always' | 'optionally';
  readonly options?: readonly Option[];
  readonly examples?: readonly Example[];
  readonly commands?: readonly Definition[];
  /** It works, or says what is wrong, where no state directory can be. */
  readonly needsNoHome?: true;
  /**
   * Resolves with an exit code. It loads the code when the command is run, so that no command pays for another.
   * Commands that scripts run again and again are loaded with the rest, because for them one file more costs more than
   * its code.
   */
  readonly run?: (cli: Cli, args: Arguments) => Promise<number>;
}

export interface Positional {
  readonly name: string;
  readonly summary: string;
  readonly type: 'number' | 'string';
  readonly required: boolean;
  readonly choices?: readonly string[];
}

/** A flag called `x` can be given as `--x` and revoked as `--no-x`. */
export interface Option {
  readonly name: string;
  readonly summary: string;
  readonly type: 'number' | 'string' | 'boolean';
  readonly choices?: readonly string[];
  readonly default?: string | number | boolean;
  /** Other options of the command that cannot be combined with this one, because one of the two would be ignored. */
  readonly conflicts?: readonly string[];
  /** Another option without which this one would have no meaning. */
  readonly needs?: string;
  /** Accepted because scripts for version 1 use it; what it asks for is now always the case. */
  readonly isKeptForScripts?: true;
}

export type Example = readonly [command: string, meaning: string];

/** Options that every command has. */
export const commonOptions: readonly Option[] = [
  { name: 'json', summary: 'Print one JSON document', type: 'boolean' },
  {
    name: 'verbose',
    summary: 'Print more: stack traces of failures, settings that a running daemon does not have',
    type: 'boolean',
  },
  { name: 'help', summary: 'Show this help', type: 'boolean' },
];
