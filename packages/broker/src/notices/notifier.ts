import type { Notice } from './notice.js';

/** A program to be started, without a shell. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside what every program gets. */
  readonly env: Readonly<Record<string, string>>;
}

/** A way to tell people that somebody waits for them. */
export interface Notifier {
  /** As the log calls it. */
  readonly name: string;
  /** Undefined where this one is not told. */
  readonly invocation: (notice: Notice) => Invocation | undefined;
}
