import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../../src/escarp-home.js';
import { acquireSlot } from '../src/secured-home.js';
import { until } from '../src/until.js';

const wanted = [
  'escarp_slots',
  'escarp_acquires_total',
  'escarp_refusals_total',
  'escarp_wait_duration_seconds',
  'escarp_reset_duration_seconds',
  'escarp_reaped_total',
  'escarp_fenced_total',
  'escarp_relaunches_total',
  'escarp_queue_length',
  'escarp_slot_memory_bytes',
  'escarp_renewals_total',
  'escarp_quarantines_total',
];

describe('whoever runs a daemon', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(1, {
      ...keepsBrowsers,
      ESCARP_LEASE_TTL_S: '600',
      ESCARP_LOG_LEVEL: 'debug',
    });
    await home.up();
  }, 120_000);
  afterAll(() => home?.remove(), 120_000);

  const get = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await fetch((await home.url()) + path);
    return { status: response.status, text: await response.text() };
  };

  it('is told that it lives and that it can lease', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, text: expect.stringContaining('"ok":true') });
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      text: expect.stringContaining('"ready":true'),
    });
  });

  it('can count what happens in the words of Prometheus', async () => {
    const lease = await acquireSlot(home, { holder: 'counted' });
    await home.post('/heartbeat', { lease_token: lease.leaseToken });
    await home.post('/acquire', { holder: 'refused' });
    await home.post('/release', { lease_token: lease.leaseToken });
    await home.post('/heartbeat', { lease_token: lease.leaseToken });
    // What a slot takes is measured after it was first asked for, and anew for a new browser.
    const text = await until(async () => {
      const { text: page } = await get('/metrics');
      return page.includes('escarp_slot_memory_bytes{') ? page : undefined;
    });
    const types = new Map(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => [name, type]),
    );
    expect([...types.keys()]).toEqual(expect.arrayContaining(wanted));
    for (const line of text
      .trim()
      .split('\n')
      .filter((one) => !one.startsWith('#')))
      expect(line).toMatch(/^escarp_\w+(\{\w+="[^"\\\n]*"(,\w+="[^"\\\n]*")*\})? -?[\d.e+-]+$/);
    const valueOf = (series: RegExp): number => Number(series.exec(text)?.[1]);
    expect(valueOf(/^escarp_acquires_total (\d+)$/m)).toBe(1);
    expect(valueOf(/^escarp_renewals_total (\d+)$/m)).toBe(1);
    expect(valueOf(/^escarp_refusals_total\{code="pool_exhausted"\} (\d+)$/m)).toBe(1);
    expect(valueOf(/^escarp_fenced_total (\d+)$/m)).toBe(1);
    expect(valueOf(/^escarp_reset_duration_seconds_count\{[^}]*\} (\d+)$/m)).toBe(1);
    expect(valueOf(/^escarp_slot_memory_bytes\{slot="slot-0"\} (\d+)$/m)).toBeGreaterThan(1_000_000);
  });

  it('gets a log of one JSON object a line, of the level that was asked for', async () => {
    const levels = async (): Promise<Set<string>> => {
      const lines = (await readFile(join(home.path, 'logs', 'daemon.log'), 'utf8')).trim().split('\n');
      const entries = lines.map((line): { at: string; level: string; message: string } => JSON.parse(line));
      for (const { at, message } of entries) {
        expect(new Date(at).toISOString()).toBe(at);
        expect(message).not.toBe('');
      }
      return new Set(entries.map(({ level }) => level));
    };
    const chatty = await levels();
    expect(chatty).toContain('info');
    for (const level of chatty) expect(['debug', 'info', 'warn', 'error']).toContain(level);
  });

  it('hears nothing more once the daemon has stopped', async () => {
    const url = await home.url();
    expect((await home.escarp('daemon', 'stop')).exitCode).toBe(0);
    await expect(fetch(`${url}/readyz`)).rejects.toThrow('fetch failed');
  });
});
