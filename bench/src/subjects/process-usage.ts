import { readFile, readdir } from 'node:fs/promises';

/** What the kernel says of processes; only Linux says it this way. */
export const usageIsKnown = process.platform === 'linux';

const ticksPerSecond = 100;

export async function rssMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return kilobytes(/^VmRSS:\s+(\d+)/m.exec(status)) / 1_000;
}

/** Proportional set size of a process and all that descend from it: shared pages are counted once in all. */
export async function treePssMb(pid: number): Promise<number> {
  const sizes = await Promise.all((await treeOf(pid)).map(pssMb));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** CPU time used so far, in seconds. */
export async function cpuSeconds(pid: number): Promise<number> {
  const fields = await statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** What a process that goes on used in each round of some work, in milliseconds; nothing where that is not known. */
export class CpuByRound {
  readonly values: number[] = [];
  readonly #pid: number;
  #before: number | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Ends a round, if one has begun, and begins the next. */
  async round(): Promise<void> {
    if (!usageIsKnown) return;
    const now = await threadsMs(this.#pid);
    if (this.#before !== undefined) this.values.push(now - this.#before);
    this.#before = now;
  }
}

/** CPU time that the living threads of a process used so far, in milliseconds. Unlike that of the process, not in ticks of ten. */
async function threadsMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  // A thread may end between the two looks.
  const read = (id: string): Promise<string> =>
    readFile(`/proc/${pid}/task/${id}/schedstat`, 'utf8').catch(() => '0');
  const used = await Promise.all(threads.map(async (id) => Number((await read(id)).split(' ')[0])));
  return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

/** Proportional set size of one process; zero for one that has ended. */
export async function pssMb(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return kilobytes(/^Pss:\s+(\d+)/m.exec(rollup)) / 1_000;
}

async function treeOf(root: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of pids) parents.set(pid, Number((await statOf(pid).catch(() => []))[1]));
  const tree = [root];
  for (const pid of tree) tree.push(...pids.filter((child) => parents.get(child) === pid));
  return tree;
}

/** The fields after the name, which may hold spaces and brackets itself: state, parent, and so on. */
async function statOf(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The kernel's kB are 1024 bytes. */
function kilobytes(match: RegExpExecArray | null): number {
  return (Number(match?.[1] ?? 0) * 1_024) / 1_000;
}
