/** How a command ended. `exitCode` is null if it could not be started, was killed, or timed out. */
export type CommandResult = { exitCode: number | null; stdout: string; stderr: string };

/** How to run a command. */
export type RunOptions = {
  /** Written to the command's standard input, which is then closed. */
  input?: string;
  /** Milliseconds after which the command is killed. */
  timeoutMs: number;
};

/** Runs a command until it has ended and its output is closed. Never rejects. */
export type Run = (
  command: string,
  commandArguments: readonly string[],
  options: RunOptions,
) => Promise<CommandResult>;

/** What the package needs from its caller. */
export type IdentityPorts = {
  run: Run;
  /** Wall clock in epoch milliseconds; only recorded as the time of an answer. */
  now: () => number;
  /** Cryptographically secure random bytes. */
  randomBytes: (size: number) => Uint8Array;
};
