import { darwinRows } from './darwin-rows.js';
import { linuxCommandLine, linuxRows } from './linux-rows.js';

/** Names one process for good: a pid that was given to another has another start. */
export interface ProcessStamp {
  readonly pid: number;
  /** As the system's process table tells it. Compare for equality only. */
  readonly startedAt: string;
}

/** One process that runs. Zombies do not. */
export interface FamilyMember extends ProcessStamp {
  readonly isStopped: boolean;
  /** The arguments joined by spaces. */
  readonly commandLine: string;
}

/** What a process table tells of kinship. */
export interface FamilyRow extends ProcessStamp {
  readonly isStopped: boolean;
  readonly parentPid: number;
  /** The session; on macOS, whose ps does not tell it, the process group. */
  readonly sessionId: number;
  readonly isMarked: boolean;
}

export interface FamilyOptions {
  readonly platform: NodeJS.Platform;
  /** `NAME=value` of a variable that the first of the family was started with, and whose value nobody else has. */
  readonly mark: string;
  /** Whether the first of the family began a session of its own, so that all in it belong to the family. */
  readonly ownsSession: boolean;
  /** Members that are known already, whose children count too. */
  readonly known?: readonly ProcessStamp[];
}

/**
 * The processes that were started, at whatever remove, by a process with this mark in its environment: those that have
 * it themselves, and their children, whatever these did to their environment. What gets away is a process that cleared
 * its environment, left the session and lost its parent before anybody looked. Arguments prove nothing: a program may
 * name whatever it likes in them. This process and those above it are never among them. Costs a few milliseconds.
 */
export async function processFamily(options: FamilyOptions): Promise<FamilyMember[]> {
  if (options.platform !== 'linux') return familyAmong(await darwinRows(options.mark), options, process.pid);
  // Most processes are others', and of those two files are read instead of three.
  const members = familyAmong(linuxRows(options.mark), options, process.pid);
  return members.map((row) => ({ ...row, commandLine: linuxCommandLine(row.pid) }));
}

/** The same among given rows. */
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
