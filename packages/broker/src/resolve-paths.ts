import { isAbsolute, join, resolve } from 'node:path';
import { DaemonError } from './errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

interface Place {
  /** Undefined if the working directory was deleted. */
  readonly cwd: string | undefined;
  readonly userHome: string;
}

const pathVariables = ['ESCARP_HOME', 'ESCARP_CFT_BINARY', 'ESCARP_LEASES_FILE', 'ESCARP_ASK_COMMAND'];

/**
 * The environment with escarp's paths made absolute, once and for all: the daemon and the browsers have other working
 * directories, where a relative path would mean something else. A leading `~` is the user's home, because JSON files
 * and services contain it without a shell to expand it. Throws `bad_setting`, naming the variable, for a value that
 * cannot be meant.
 */
export function withAbsolutePaths(env: Environment, place: Place): Environment {
  for (const [name, value] of Object.entries(env))
    if (name.startsWith('ESCARP_')) refuseControls(name, value);
  const paths = pathVariables
    .filter((name) => env[name])
    .map((name) => [name, absolutePath(name, env[name] ?? '', place)]);
  return { ...env, ...Object.fromEntries(paths) };
}

/** A Windows line ending is invisible wherever it is printed, and names another directory. */
function refuseControls(name: string, value: string | undefined): void {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for.
  if (value === undefined || !/[\u0000-\u001f\u007f]/.test(value)) return;
  throw new DaemonError(
    'bad_setting',
    `${name} holds a control character: ${JSON.stringify(value.slice(0, 200))}.`,
    `Set ${name} without it; a file with Windows line endings leaves one at the end of each value.`,
  );
}

function absolutePath(name: string, value: string, { cwd, userHome }: Place): string {
  if (value === '~' || value.startsWith('~/')) return join(userHome, value.slice(1));
  if (isAbsolute(value)) return resolve(value);
  if (value.startsWith('~')) {
    throw bad(name, value, 'names the home of another user, which only a shell knows');
  }
  if (cwd === undefined) throw bad(name, value, 'is relative, and the working directory was deleted');
  return resolve(cwd, value);
}

function bad(name: string, value: string, why: string): DaemonError {
  const message = `${name} is ${JSON.stringify(value)}, which ${why}.`;
  return new DaemonError('bad_setting', message, `Set ${name} to an absolute path.`);
}
