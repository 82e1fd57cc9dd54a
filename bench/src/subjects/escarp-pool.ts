import { randomInt, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freeCdpBase } from '@escarp/broker/home';
import type { ResetPolicy } from '@escarp/slot-pool';
import type { Client } from '@escarp/transport';
import { createClient } from '@escarp/transport';
import { withScratch } from '../scratch.js';
import { elapsedMs } from '../timing.js';
import { environmentWith, escarpPath, runNode } from './escarp-program.js';

export interface EscarpPool {
  readonly url: string;
  readonly daemonPid: number;
  readonly client: Client;
  /** With which the command line finds this pool and no other. */
  readonly env: Record<string, string>;
  /** Runs the command line. */
  escarp(...args: string[]): Promise<string>;
  /**
   * Stops the daemon and starts another, with another reset, which adopts the browsers. Also says how long the start
   * took until it served them, in milliseconds. With spares only if they are asked for.
   */
  restart(reset: ResetPolicy, spares?: 'on' | 'off'): Promise<Restarted>;
}

export interface Restarted {
  readonly pool: EscarpPool;
  readonly startMs: number;
}

export interface PoolRequest {
  readonly slots: number;
  readonly browser: string;
  readonly reset?: ResetPolicy;
  /** Each slot on a display of its own, in place of none; Linux alone. */
  readonly displays?: boolean;
  /** `NAME=value` in the environment of the daemon and the slots, by which they are known. */
  readonly mark?: string;
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
      ...variableOf(request.mark),
    });
    try {
      const kind = request.displays === true ? ['--displays'] : [];
      await escarp(env, 'up', '--pool-size', String(request.slots), ...kind, '--json');
      const pool = await runningPool(env);
      await untilFree(pool.client);
      return await use(pool);
    } finally {
      await escarp(env, 'down', '--force');
    }
  });
}

/** The mark as an environment has it. */
export function variableOf(mark = ''): Record<string, string> {
  const [name = '', value] = mark.split('=');
  return value === undefined ? {} : { [name]: value };
}

function escarp(env: Record<string, string>, ...args: string[]): Promise<string> {
  return runNode([escarpPath, ...args], env);
}

async function runningPool(env: Record<string, string>): Promise<EscarpPool> {
  const daemon = JSON.parse(await readFile(join(env['ESCARP_HOME'] ?? '', 'daemon.json'), 'utf8'));
  const client = createClient({ baseUrl: daemon.url, ids: randomUUID });
  return {
    url: daemon.url,
    daemonPid: daemon.pid,
    client,
    env,
    escarp: (...args) => escarp(env, ...args),
    restart: async (reset, spares = 'off') => {
      const before = await pidsOf(client);
      await escarp(env, 'daemon', 'stop');
      const next = { ...env, ESCARP_RESET: reset, ESCARP_SPARES: spares };
      const startMs = await elapsedMs(() => escarp(next, 'daemon', '--background'));
      const pool = await runningPool(next);
      const after = await pidsOf(pool.client);
      if (after !== before) throw new Error(`Of the slots ${before} it adopted ${after}.`);
      return { pool, startMs };
    },
  };
}

async function pidsOf(client: Client): Promise<string> {
  return (await client.status()).slots.map(({ pid }) => pid).join(', ');
}

/** Resolves when a spare waits for this slot. */
export async function untilSpare(client: Client, slot: number): Promise<void> {
  for (;;) {
    const { slots, spares } = await client.status();
    if (slots.find((one) => one.slot === slot)?.spare !== undefined) return;
    if (spares?.isOn !== true) throw new Error(`No spares are made. ${spares?.reason ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Resolves when no slot is leased or on its way. */
export async function untilFree(client: Client): Promise<void> {
  for (;;) {
    const { slots } = await client.status();
    if (slots.every(({ state }) => state === 'free')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
