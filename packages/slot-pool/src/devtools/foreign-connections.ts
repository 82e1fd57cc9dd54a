import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from '@escarp/child-process';
import { PoolError } from '../errors.js';
import { tcpRows } from '../process/tcp-table.js';
import type { Host } from '../ports.js';
import type { OwnSockets } from './own-sockets.js';

/**
 * Rejects with `foreign_connection` if somebody other than the pool is connected to the browser on `port`, and also if
 * that cannot be determined, because a client that goes unnoticed could drive the next holder's pages.
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

/** A viewer has to hear first that the lease has ended, which takes a busy machine a while. */
const leaveMs = 1_000;
const pauseMsMin = 10;
const pauseMsMax = 100;

/**
 * Gives clients that are leaving, such as a viewer through which a person watched the holder, a moment to disconnect.
 * Does not wait if only the pool is connected.
 */
export async function untilForeignersLeft(port: number, own: OwnSockets, host: Host): Promise<void> {
  // Most leave at once. Each look takes milliseconds of a processor, so one at somebody who stays is taken ever less often.
  let waitedMs = 0;
  for (let pauseMs = pauseMsMin; waitedMs < leaveMs; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
    const isAlone = await refuseForeignConnections(port, own, host).then(
      () => true,
      () => false,
    );
    if (isAlone) return;
    await pause(pauseMs);
    waitedMs += pauseMs;
  }
}

// The browser's side of each connection has the client's port as its remote port. It is visible even if the client is
// in another network namespace, where its own side is not. The browser listens on 127.0.0.1, so its side is among the
// IPv4 sockets even if the client's own socket is an IPv6 one.
async function linuxPeers(port: number): Promise<number[] | undefined> {
  const rows = await tcpRows([4]).catch(() => undefined);
  return rows
    ?.filter((row) => row.localPort === port && row.state === 'established')
    .map((row) => row.remotePort);
}

// lsof exits with 1 both for "none" and for trouble; its answer counts only if it lists the pool's own connection.
async function darwinPeers(port: number): Promise<number[] | undefined> {
  const { stdout } = await runCommand('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:ESTABLISHED', '-Fn'], {
    timeoutMs: 2_000,
  });
  const rows = stdout.matchAll(new RegExp(`^n\\S+:${port}->\\S+:(\\d+)$`, 'gm'));
  const peers = [...rows].map(([, peer]) => Number(peer));
  return peers.length > 0 ? peers : undefined;
}
