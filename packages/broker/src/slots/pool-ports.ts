import { createServer } from 'node:net';
import { DaemonError } from '../errors.js';

/** For the servers of a slot's holder: offered, not reserved. */
export interface DevPorts {
  readonly frontend: number;
  readonly backend: number;
  readonly postgres: number;
  readonly cdp: number;
}

/** A slot's DevTools port. */
export function cdpPortOf(slot: number, cdpBase: number): number {
  return cdpBase + slot;
}

/** The ports offered for the servers of a slot's holder, and the slot's DevTools port. */
export function devPortsOf(slot: number, cdpBase: number): DevPorts {
  return {
    frontend: 3000 + 10 * slot,
    backend: 8000 + 10 * slot,
    postgres: 5432 + 10 * slot,
    cdp: cdpPortOf(slot, cdpBase),
  };
}

/**
 * The first base port at which a pool of this size finds every CDP port free; busy ones are skipped.
 *
 * @throws DaemonError `ports_taken` if there is no range of free ports.
 */
export async function freeCdpBase(base: number, size: number): Promise<number> {
  let candidate = base;
  for (let port = base; port < candidate + size; port++) {
    if (port > 65_535) throw portsTaken(base, size);
    if (!(await isPortFree(port))) candidate = port + 1;
  }
  return candidate;
}

/** Whether nothing listens on a port of 127.0.0.1, determined by listening on it for a moment. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function portsTaken(base: number, size: number): DaemonError {
  return new DaemonError(
    'ports_taken',
    `There are no ${size} consecutive free ports from ${base} on.`,
    'Set ESCARP_CDP_BASE to another port.',
  );
}
