/** How a command ended. `exitCode` is null when it could not be started, was killed, or passed its deadline. */
export type CommandResult = { exitCode: number | null; stdout: string; stderr: string };

export type RunOptions = {
  /** Written to the command's standard input, which is then closed. */
  input?: string;
  timeoutMs: number;
};

/** Runs a command to its end and to the end of its standard output. Never rejects. */
export type Run = (
  command: string,
  commandArguments: readonly string[],
  options: RunOptions,
) => Promise<CommandResult>;

export type IdentityPorts = {
  run: Run;
  /** Epoch milliseconds; used only to say when something was asked. */
  now: () => number;
  /** Cryptographically strong bytes. */
  randomBytes: (size: number) => Uint8Array;
};
