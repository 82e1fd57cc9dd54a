import { darwinRowsAndEnvironments } from './darwin-processes.js';
import { linuxRows, wasStartedWith, withCommandLine } from './linux-processes.js';
import type { ProcessEntry, ProcessRow, ProcessStamp } from './process-entry.js';

/** How to recognise the members of a process family. */
export interface FamilyOptions {
  readonly platform: NodeJS.Platform;
  /**
   * `NAME=value` of a variable that the family's first process was started with; the value must be unique. Default: none,
   * so that the family is that of the known members, which takes a third of the time.
   */
  readonly mark?: string;
  /** Whether the first process started its own session, so that everything in that session belongs to the family. */
  readonly ownsSession: boolean;
  /** Members that are already known; their children belong to the family too. Default: none. */
  readonly known?: readonly ProcessStamp[];
  /**
   * A second kind of mark, for members that overwrote or never had the environment they were given: tells whether a
   * process without the mark belongs to the family. Default: no.
   */
  readonly recognizes?: (entry: ProcessEntry) => boolean;
}

type FamilyRow = ProcessRow & { readonly isMarked: boolean };

/**
 * The processes that were started, directly or indirectly, by a process with this mark in its environment: those that
 * have the mark themselves, and their descendants, even with another environment. A process that cleared its environment,
 * left the session and lost its parent before this call is not found. Arguments are ignored unless `recognizes` looks at
 * them, because a program can name anything in them. Never includes this process or its ancestors. Takes a few
 * milliseconds.
 *
 * @throws The system's error if the process table cannot be read, for example `EMFILE`.
 */
export async function processFamily(options: FamilyOptions): Promise<ProcessEntry[]> {
  return options.platform === 'linux' ? linuxFamily(options) : darwinFamily(options);
}

async function linuxFamily(options: FamilyOptions): Promise<ProcessEntry[]> {
  const { mark, recognizes } = options;
  // Most processes belong to others. For those only what can tell is read.
  const marked = async (row: ProcessRow): Promise<FamilyRow> => {
    const hasMark = mark !== undefined && (await wasStartedWith(mark, row));
    return { ...row, isMarked: hasMark || recognizes?.(withCommandLine(row)) === true };
  };
  const rows = await Promise.all(linuxRows().map(marked));
  return familyAmong(rows, options, process.pid).map(withCommandLine);
}

async function darwinFamily(options: FamilyOptions): Promise<ProcessEntry[]> {
  const { mark, recognizes } = options;
  const isMarked = (entry: ProcessEntry): boolean =>
    (mark !== undefined && ` ${entry.commandLine} `.includes(` ${mark} `)) || recognizes?.(entry) === true;
  const rows = (await darwinRowsAndEnvironments()).map((row) => ({ ...row, isMarked: isMarked(row) }));
  return familyAmong(rows, options, process.pid);
}

/** The members of the family among the given rows. `ownPid` and its ancestors are left out. */
export function familyAmong<Row extends FamilyRow>(
  rows: readonly Row[],
  { ownsSession, known = [] }: Pick<FamilyOptions, 'ownsSession' | 'known'>,
  ownPid: number,
): Row[] {
  const outside = new Set([...ancestry(rows, ownPid), ownPid]);
  const candidates = rows.filter(({ pid }) => !outside.has(pid));
  const isKnown = (row: Row): boolean =>
    known.some(({ pid, startedAt }) => pid === row.pid && startedAt === row.startedAt);
  const family = new Set(candidates.filter((row) => row.isMarked || isKnown(row)));
  const sessions = new Set(ownsSession ? [...family].map(({ sessionId }) => sessionId) : []);
  for (const { pid, sessionId } of rows) if (outside.has(pid)) sessions.delete(sessionId);
  const pids = new Set([...family].map(({ pid }) => pid));
  for (let size = -1; size !== family.size;) {
    size = family.size;
    for (const row of candidates) {
      if (family.has(row) || !(pids.has(row.parentPid) || sessions.has(row.sessionId))) continue;
      family.add(row);
      pids.add(row.pid);
    }
  }
  return [...family];
}

function ancestry(rows: readonly ProcessRow[], ownPid: number): number[] {
  const parents = new Map(rows.map(({ pid, parentPid }) => [pid, parentPid]));
  const found: number[] = [];
  for (let pid = parents.get(ownPid); pid !== undefined && pid > 0; pid = parents.get(pid)) found.push(pid);
  return found;
}
