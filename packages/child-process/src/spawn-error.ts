/** Why a program could not be started. */
export type SpawnErrorCode =
  | 'command_not_found'
  | 'command_not_executable'
  | 'out_of_descriptors'
  | 'out_of_processes'
  | 'out_of_memory'
  | 'spawn_failed';

/** A program could not be started. Match on `code`; the message is one sentence for a person. */
export class SpawnError extends Error {
  override readonly name = 'SpawnError';
  readonly code: SpawnErrorCode;

  constructor(code: SpawnErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Whether the machine or a limit of this process stood in the way, so that the same may work later. */
export function isOutOfResources(error: unknown): error is SpawnError {
  return error instanceof SpawnError && error.code.startsWith('out_of_');
}

/** From what Node throws, or emits as `error`, when it cannot start `command`. */
export function spawnErrorOf(command: string, cause: unknown): SpawnError {
  if (cause instanceof SpawnError) return cause;
  const systemCode = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const [code, why] = reasons[systemCode] ?? [
    'spawn_failed',
    cause instanceof Error ? cause.message : String(cause),
  ];
  const named = code === 'spawn_failed' ? why : `${why} (${systemCode})`;
  return new SpawnError(code, `${command} could not be started: ${named}.`, { cause });
}

const descriptors = ['out_of_descriptors', 'too many files are open'] as const;

/** The codes of posix_spawn, fork, pipe and exec. */
const reasons: Readonly<Record<string, readonly [SpawnErrorCode, string]>> = {
  ENOENT: ['command_not_found', 'there is no such program, or no such working directory'],
  ENOTDIR: ['command_not_found', 'its path leads through something that is not a folder'],
  EACCES: ['command_not_executable', 'it may not be executed'],
  ENOEXEC: ['command_not_executable', 'it is not a program'],
  EMFILE: descriptors,
  ENFILE: descriptors,
  EAGAIN: ['out_of_processes', 'there are as many processes as there may be'],
  ENOMEM: ['out_of_memory', 'there is not enough memory'],
};
