import { darwinRows } from './darwin-rows.js';
import type { FamilyMember, FamilyRow, ProcessStamp } from './family-row.js';
import { linuxCommandLine, linuxRows } from './linux-rows.js';

export type { FamilyMember, FamilyRow, ProcessStamp } from './family-row.js';

/** How to recognise the members of a process family. */
export interface FamilyOptions {
  readonly platform: NodeJS.Platform;
  /** `NAME=value` of a variable that the family's first process was started with; the value must be unique. */
  readonly mark: string;
  /** Whether the first process started its own session, so that everything in that session belongs to the family. */
  readonly ownsSession: boolean;
  /** Members that are already known; their children belong to the family too. Default: none. */
  readonly known?: readonly ProcessStamp[];
}

/**
 * The processes that were started, directly or indirectly, by a process with this mark in its environment: those that
 * have the mark themselves, and their descendants, even with another environment. A process that cleared its environment,
 * left the session and lost its parent before this call is not found. Arguments are ignored, because a program can name
 * anything in them. Never includes this process or its ancestors. Takes a few milliseconds.
 *
 * @throws The system's error if the process table cannot be read, for example `EMFILE`.
 */
export async function processFamily(options: FamilyOptions): Promise<FamilyMember[]> {
  if (options.platform !== 'linux') return familyAmong(await darwinRows(options.mark), options, process.pid);
  // Most processes belong to others; for those only two files are read instead of three.
  const members = familyAmong(linuxRows(options.mark), options, process.pid);
  return members.map((row) => ({ ...row, commandLine: linuxCommandLine(row.pid) }));
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

function ancestry(rows: readonly FamilyRow[], ownPid: number): number[] {
  const parents = new Map(rows.map(({ pid, parentPid }) => [pid, parentPid]));
  const found: number[] = [];
  for (let pid = parents.get(ownPid); pid !== undefined && pid > 0; pid = parents.get(pid)) found.push(pid);
  return found;
}
