import { randomInt, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freeCdpBase } from '@escarp/daemon/home';
import type { Client } from '@escarp/transport';
import { createClient } from '@escarp/transport';
import { withScratch } from '../scratch.js';
import { environmentWith, escarpPath, runNode } from './escarp-program.js';

export interface EscarpPool {
  readonly url: string;
  readonly daemonPid: number;
  readonly client: Client;
  /** With which the command line finds this pool and no other. */
  readonly env: Record<string, string>;
  /** Runs the command line. */
  escarp(...args: string[]): Promise<string>;
}

export interface PoolRequest {
  readonly slots: number;
  readonly browser: string;
  readonly reset?: 'tabs' | 'storage' | 'recycle';
}

/** Lends a pool that was brought up by the command line, every slot free, and takes it down afterwards. */
export async function withPool<T>(request: PoolRequest, use: (pool: EscarpPool) => Promise<T>): Promise<T> {
  return withScratch(async (folder) => {
    const env = environmentWith({
      ESCARP_HOME: join(folder, 'home'),
      ESCARP_API_PORT: '0',
      ESCARP_CDP_BASE: String(await freeCdpBase(randomInt(20_000, 32_000), request.slots)),
      ESCARP_CFT_BINARY: request.browser,
      ESCARP_RESET: request.reset,
    });
    const escarp = (...args: string[]): Promise<string> => runNode([escarpPath, ...args], env);
    try {
      await escarp('up', '--pool-size', String(request.slots), '--json');
      const daemon = JSON.parse(await readFile(join(folder, 'home', 'daemon.json'), 'utf8'));
      const client = createClient({ baseUrl: daemon.url, ids: randomUUID });
      await untilFree(client);
      return await use({ url: daemon.url, daemonPid: daemon.pid, client, env, escarp });
    } finally {
      await escarp('down', '--force');
    }
  });
}

/** Resolves when no slot is leased or on its way. */
export async function untilFree(client: Client): Promise<void> {
  for (;;) {
    const { slots } = await client.status();
    if (slots.every(({ state }) => state === 'free')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
