import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from '@escarp/child-process';
import { PoolError } from '../errors.js';
import { tcpRows } from '../process/tcp-table.js';
import type { Host } from '../ports.js';
import type { OwnSockets } from './own-sockets.js';

/**
 * Rejects with `foreign_connection` when somebody other than the pool is connected to the browser on `port`, and also
 * when that cannot be found out, because a holder who is not seen could drive the next holder's pages.
 */
export async function refuseForeignConnections(port: number, own: OwnSockets, host: Host): Promise<void> {
  const peers = host.platform === 'linux' ? await linuxPeers(port) : await darwinPeers(port);
  const foreign = peers?.filter((peer) => !own.has(peer));
  if (foreign?.length === 0) return;
  const count = foreign?.length ?? null;
  const message =
    count === null
      ? `It could not be found out who is connected to port ${port}.`
      : `${count} client(s) that are not the pool's own are still connected to port ${port}.`;
  throw new PoolError('foreign_connection', message, { details: { port, count } });
}

const leaveMs = 250;
const everyMs = 10;

/**
 * Gives clients that are leaving, such as one through which a person watched the holder, a moment to be gone. Nobody is
 * waited for if only the pool is connected.
 */
export async function untilForeignersLeft(port: number, own: OwnSockets, host: Host): Promise<void> {
  for (let waitedMs = 0; waitedMs < leaveMs; waitedMs += everyMs) {
    const isAlone = await refuseForeignConnections(port, own, host).then(
      () => true,
      () => false,
    );
    if (isAlone) return;
    await pause(everyMs);
  }
}

// The browser's side of each connection names the client's port as the remote one. It is there also for clients in
// other network namespaces, whose own side is not. The browser listens on 127.0.0.1, so it is among those over IPv4 even
// when the client's own socket is one over IPv6.
async function linuxPeers(port: number): Promise<number[] | undefined> {
  const rows = await tcpRows([4]).catch(() => undefined);
  return rows
    ?.filter((row) => row.localPort === port && row.state === 'established')
    .map((row) => row.remotePort);
}

// lsof exits 1 both for "none" and for trouble; the pool's own connection must be listed for its answer to count.
async function darwinPeers(port: number): Promise<number[] | undefined> {
  const { stdout } = await runCommand('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:ESTABLISHED', '-Fn'], {
    timeoutMs: 2_000,
  });
  const rows = stdout.matchAll(new RegExp(`^n\\S+:${port}->\\S+:(\\d+)$`, 'gm'));
  const peers = [...rows].map(([, peer]) => Number(peer));
  return peers.length > 0 ? peers : undefined;
}
