import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { runCommand } from '@escarp/child-process';
import type { Host } from '../ports.js';
import { tcpRows } from './tcp-table.js';

/** Who listens on a port, as far as this user may see. */
export interface PortOwner {
  readonly pid: number | null;
  readonly command: string | null;
}

/** The owner of a listening loopback port, or undefined if nothing accepts connections there. */
export async function portOwner(port: number, host: Host): Promise<PortOwner | undefined> {
  if (!(await accepts(port))) return undefined;
  const owner = host.platform === 'linux' ? await linuxOwner(port) : await darwinOwner(port);
  return owner ?? { pid: null, command: null };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    // A listener whose backlog is full neither accepts nor refuses, but it still has the port.
    socket.setTimeout(1_000, () => done(true));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

async function linuxOwner(port: number): Promise<PortOwner | undefined> {
  const inodes = (await tcpRows([4, 6])).filter((row) => row.state === 'listen' && row.localPort === port);
  const links = new Set(inodes.map((row) => `socket:[${row.inode}]`));
  for (const name of await readdir('/proc')) {
    if (/^\d+$/.test(name) && (await holdsSocket(name, links))) {
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      return { pid: Number(name), command: command.replaceAll('\0', ' ').trim() || null };
    }
  }
  return undefined;
}

async function holdsSocket(pid: string, links: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(
    descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
  );
  return targets.some((target) => links.has(target));
}

async function darwinOwner(port: number): Promise<PortOwner | undefined> {
  const { stdout } = await runCommand('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    timeoutMs: 5_000,
  });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const command = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), command: command ?? null };
}
