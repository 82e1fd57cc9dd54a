import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ownerMarkOf, presentIdentity } from '@escarp/slot-pool';
import { ok, warning, type Check, type Finding, type Patient } from '../finding.js';
import { readText } from '../read-text.js';

/** A process of escarp whose state directory was deleted while it ran, so that no other command finds it any more. */
interface Orphan {
  readonly kind: 'Chrome' | 'Daemon';
  readonly pid: number;
  /** Where its state directory was. */
  readonly home: string;
}

/** Chrome takes a whole processor without its profile: it looks for room on its disk again and again. */
export const orphans: Check = {
  id: 'orphans',
  async run(patient) {
    if (patient.platform !== 'linux') return [];
    const found = await findOrphans(patient);
    if (found.length === 0) return [ok('Nothing was left running by a state directory that was deleted.')];
    return found.map(describe);
  },
};

function describe({ kind, pid, home }: Orphan): Finding {
  return warning(`${kind} ${pid} still runs, and its state directory, ${home}, was deleted.`, `kill ${pid}`);
}

async function findOrphans({ systemRoot, uid }: Patient): Promise<Orphan[]> {
  const proc = join(systemRoot, 'proc');
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => orphanIn(join(proc, pid), Number(pid), uid)));
  return found.filter((one) => one !== undefined);
}

async function orphanIn(folder: string, pid: number, uid: number): Promise<Orphan | undefined> {
  const args = ((await readText(join(folder, 'cmdline'))) ?? '').split('\0');
  const isDaemon = args.some((one) => one.endsWith('/escarp-daemon.js'));
  // Helpers end with their browser.
  const owner = args.some((one) => one.startsWith('--type='))
    ? undefined
    : ownerMarkOf({ commandLine: args.join(' ') })?.directory;
  if (!isDaemon && owner === undefined) return undefined;
  if ((await stat(folder).catch(() => undefined))?.uid !== uid) return undefined;
  const deleted = await deletedFiles(join(folder, 'fd'));
  const home = owner === undefined ? homeOfDaemon(deleted) : await homeOfBrowser(deleted, owner);
  return home === undefined ? undefined : { kind: isDaemon ? 'Daemon' : 'Chrome', pid, home };
}

/** What a process holds open although it was deleted, which the system says in the links to it. */
async function deletedFiles(descriptors: string): Promise<ReadonlySet<string>> {
  const names = await readdir(descriptors).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(join(descriptors, name)).catch(() => '')));
  return new Set(links.flatMap((link) => /^(.*) \(deleted\)$/.exec(link)?.[1] ?? []));
}

/** A daemon holds its state directory open, and the folder of its locks. */
function homeOfDaemon(deleted: ReadonlySet<string>): string | undefined {
  return [...deleted].find((path) => deleted.has(join(path, 'locks')));
}

/** A browser holds its log open. That alone may have been deleted, so the state directory must be gone from its place too. */
async function homeOfBrowser(deleted: ReadonlySet<string>, owner: string): Promise<string | undefined> {
  const logs = [...deleted].flatMap((path) => /^(.*)\/logs\/chrome-slot-\d+\.log$/.exec(path)?.[1] ?? []);
  const [home] = logs;
  if (home === undefined) return undefined;
  return (await presentIdentity(home)) === owner ? undefined : home;
}
