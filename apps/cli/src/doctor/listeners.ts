import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Patient } from './finding.js';
import { readText } from './read-text.js';

/** A TCP port on which a process listens, and which process, if it can be known. */
export interface Listener {
  readonly port: number;
  readonly pid?: number;
  readonly program?: string;
}

type Where = Pick<Patient, 'platform' | 'systemRoot' | 'run'>;

/** Who listens on these ports, over IPv4 or IPv6. */
export async function listenersOn(ports: ReadonlySet<number>, where: Where): Promise<Listener[]> {
  return where.platform === 'linux' ? linuxListeners(ports, where) : lsofListeners(ports, where);
}

async function linuxListeners(ports: ReadonlySet<number>, { systemRoot }: Where): Promise<Listener[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readText(join(systemRoot, 'proc/net', name))),
  );
  const sockets = new Map(
    tables.flatMap((table) => listeningSockets(table ?? '')).filter(([, port]) => ports.has(port)),
  );
  if (sockets.size === 0) return [];
  const owners = await ownersOf(new Set(sockets.keys()), systemRoot);
  const found = [...sockets].map(([inode, port]): Listener => ({ port, ...owners.get(inode) }));
  return [...new Map(found.map((one) => [one.port, one])).values()];
}

/** Columns of `/proc/net/tcp`: 1 is the local address and port in hex, 3 the state (0A is LISTEN), 9 the inode. */
function listeningSockets(table: string): [inode: string, port: number][] {
  return table.split('\n').flatMap((line): [string, number][] => {
    const columns = line.trim().split(/\s+/);
    const [address = '', state, inode] = [columns[1], columns[3], columns[9]];
    if (state !== '0A' || inode === undefined) return [];
    return [[inode, Number.parseInt(address.split(':')[1] ?? '', 16)]];
  });
}

/** Which process has each socket. The descriptors of other users' processes cannot be read, so theirs are left out. */
async function ownersOf(
  inodes: ReadonlySet<string>,
  systemRoot: string,
): Promise<Map<string, { pid: number; program: string }>> {
  const owners = new Map<string, { pid: number; program: string }>();
  const pids = (await readdir(join(systemRoot, 'proc'))).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const folder = join(systemRoot, 'proc', pid, 'fd');
    for (const descriptor of await readdir(folder).catch(() => [])) {
      const target = await readlink(join(folder, descriptor)).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      owners.set(inode, {
        pid: Number(pid),
        program: (await readText(join(systemRoot, 'proc', pid, 'comm'))) ?? '',
      });
    }
  }
  return owners;
}

/** `lsof -F` prints one field per line: p is a pid, c its command, n an address. */
async function lsofListeners(ports: ReadonlySet<number>, { run }: Where): Promise<Listener[]> {
  const { stdout } = await run('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-Fpcn'], { timeoutMs: 2000 });
  const found = new Map<number, Listener>();
  let pid = 0;
  let program = '';
  for (const line of stdout.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    if (line.startsWith('c')) program = line.slice(1);
    const port = Number(/^n.*:(\d+)$/.exec(line)?.[1]);
    if (ports.has(port)) found.set(port, { port, pid, program });
  }
  return [...found.values()];
}
