import { removeOwned, writeFileAtomically } from '@escarp/owned-files';
import { readPrivateFile } from './private-file.js';

/** How the daemon of a state directory is reached. The file exists while it serves, and after a SIGKILL. */
export interface DaemonFile {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  readonly version: string;
  /** Epoch seconds. */
  readonly startedAt: number;
  /** The variables it runs with, as returned by `daemonSettings`; absent in the file of an older daemon. */
  readonly settings?: Readonly<Record<string, string>>;
}

const bytesMax = 10_000;

/** Undefined if no daemon left a file, or one that cannot be understood. */
export async function readDaemonFile(path: string): Promise<DaemonFile | undefined> {
  try {
    const parsed: unknown = JSON.parse((await readPrivateFile(path, bytesMax)) ?? '');
    return isDaemonFile(parsed) ? { ...parsed, settings: textsOf(parsed.settings) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The same, if its process is running and this user may signal it. A process that was killed leaves its file behind,
 * and whoever has its port since must not be sent a token.
 */
export async function readRunningDaemonFile(path: string): Promise<DaemonFile | undefined> {
  const file = await readDaemonFile(path);
  return file !== undefined && maySignal(file.pid) ? file : undefined;
}

function maySignal(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * Refuses to write what could not be read again.
 *
 * @throws DaemonError `state_directory_unusable` for what its reader would refuse.
 */
export async function writeDaemonFile(path: string, file: DaemonFile, newId: () => string): Promise<void> {
  const text = `${JSON.stringify(file)}\n`;
  if (!isDaemonFile(JSON.parse(text)) || Buffer.byteLength(text) > bytesMax)
    throw new Error(`${path} would not be readable: ${text}`);
  await writeFileAtomically(path, text, newId);
}

/**
 * Deletes the file of the daemon with this pid, but not that of another daemon that has taken over the directory since.
 */
export async function removeDaemonFile(path: string, pid: number): Promise<void> {
  if ((await readDaemonFile(path))?.pid === pid) await removeOwned(path);
}

/** Checked by hand: every command reads this file, and loading a validator takes longer than the rest of it. */
function isDaemonFile(value: unknown): value is DaemonFile {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, port, url, version, startedAt }: { [Name in keyof DaemonFile]?: unknown } = value;
  return (
    isIntegerWithin(pid, 1, Number.MAX_SAFE_INTEGER) &&
    isIntegerWithin(port, 1, 65_535) &&
    typeof url === 'string' &&
    URL.canParse(url) &&
    typeof version === 'string' &&
    typeof startedAt === 'number'
  );
}

function textsOf(value: unknown): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function isIntegerWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
