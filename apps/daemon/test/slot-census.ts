import { readdir, readFile, readlink } from 'node:fs/promises';
import { relative } from 'node:path';
import { entriesBelow } from '@escarp/test-support';

/** Everything that a slot could leave behind on the machine, counted. Linux only. */
export interface Census {
  /** Processes with this home in their command line: browsers and all their children. */
  readonly processes: number;
  /** Browser processes only, by pid. */
  readonly browsers: readonly number[];
  /** Entries below the home's temporary folders and the trash. */
  readonly temporaries: number;
  /** Open descriptors of the daemon. */
  readonly descriptors: number;
  /** Resident memory of the daemon, in bytes. */
  readonly residentBytes: number;
}

/** `daemon` is the pid of the one that serves this home. */
export async function takeCensus(home: string, daemon: number): Promise<Census> {
  const lines = await commandLines();
  const ours = [...lines].filter(([, line]) => line.includes(`--user-data-dir=${home}/`));
  return {
    processes: ours.length,
    browsers: ours.filter(([, line]) => !line.includes('--type=')).map(([pid]) => pid),
    temporaries: await temporariesOf(home),
    descriptors: (await readdir(`/proc/${daemon}/fd`)).length,
    residentBytes: await residentBytesOf(daemon),
  };
}

/** Processes of this home that descend from none of its slots' current browsers. */
export async function orphans(home: string, browsers: readonly (number | null)[]): Promise<number[]> {
  const lines = await commandLines();
  const ours = [...lines].filter(([, line]) => line.includes(`--user-data-dir=${home}/`)).map(([pid]) => pid);
  const known = new Set(browsers);
  const descends = async (pid: number): Promise<boolean> => {
    if (known.has(pid)) return true;
    const parent = await parentOf(pid);
    // A process that has ended since it was listed no longer belongs to anybody.
    return parent === undefined || (parent > 1 && descends(parent));
  };
  const kept = await Promise.all(ours.map(descends));
  return ours.filter((_, at) => !kept[at]);
}

async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** Processes of this home of one kind, such as `renderer`. */
export async function processesOfType(home: string, slot: number, type: string): Promise<number[]> {
  const profile = `--user-data-dir=${home}/profiles/autonomous/slot-${slot} `;
  const lines = await commandLines();
  return [...lines]
    .filter(([, line]) => line.includes(profile) && line.includes(`--type=${type} `))
    .map(([pid]) => pid);
}

async function residentBytesOf(pid: number): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

async function commandLines(): Promise<Map<number, string>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = new Map<number, string>();
  for (const pid of pids) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    // A process that has ended and whose parent has not noticed has no executable.
    const isAlive = await readlink(`/proc/${pid}/exe`).then(
      () => true,
      () => false,
    );
    if (isAlive) lines.set(Number(pid), `${line.replaceAll('\0', ' ')} `);
  }
  return lines;
}

async function temporariesOf(home: string): Promise<number> {
  const entries = await entriesBelow(home);
  return entries.filter(({ parentPath }) => /^(tmp|trash)(\/|$)/.test(relative(home, parentPath))).length;
}
