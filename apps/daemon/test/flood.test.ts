import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';

setFlagsFromString('--expose-gc');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the flag puts it there.
const collectGarbage = runInNewContext('gc') as () => void;

/** In short a third of the requests: what must not grow is bounded by request, or by what the limits allow. */
const share = process.env['ESCARP_LONG'] === '1' ? 1 : 1 / 3;

/** What the limits allow for four slots. */
const snapshotBytesMax = 28_000_000;

const heapBytes = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

/** Everything this process has written, including to sockets. */
const writtenBytes = (): number => Number(/wchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

/** As long as the field may be, and different each time. */
const long = (bytes: number, index: number | string): string => `${index}`.padEnd(bytes, 'x');
const wide = (bytes: number, index: number): string => `${index}${'語'.repeat(Math.floor((bytes - 6) / 3))}`;

const labels = (index: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 8 }, (_, at) => [long(60, at), wide(190, index)]));

const everyField = (index: number) => ({
  holder: wide(200, index),
  tenant: long(200, index),
  run: wide(200, index),
  client: long(200, index),
  request_id: long(200, index),
});

describe.skipIf(process.platform !== 'linux')(
  'a flood of requests as large as they may be',
  { timeout: 240_000 },
  () => {
    let daemon: InstantDaemon;

    beforeEach(async () => {
      daemon = await InstantDaemon.start(4);
    });
    afterEach(() => daemon.remove());

    const each = async (count: number, request: (index: number) => Promise<void>): Promise<void> => {
      let next = 0;
      const workers = Array.from({ length: 20 }, async () => {
        for (let index = next++; index < count; index = next++) await request(index);
      });
      await Promise.all(workers);
    };
    const ask = (path: string, body: object) => askOf(daemon, path, body);

    const floods: [name: string, count: number, request: (index: number) => Promise<void>][] = [
      [
        'refused acquires with labels',
        3_000 * share,
        async (index) => {
          const { error } = await ask('/acquire', { ...everyField(index), labels: labels(index), wait_s: 0 });
          expect(error).toBe('unknown_slot');
        },
      ],
      [
        'acquires that wait in vain',
        2_000 * share,
        async (index) => {
          const wish = { ...everyField(index), slot: 0, dev_port: 65_535, wait_s: 0.05, ttl_s: 86_400 };
          expect((await ask('/acquire', wish)).error).toBe('wait_timeout');
        },
      ],
      [
        'acquires that are granted, renewed, offered and released',
        600 * share,
        async (index) => {
          const asked = { ...everyField(index), wait_s: 120, dev_port: 65_535, ttl_s: 86_400 };
          const { lease_token } = await ask('/acquire', asked);
          const holders = (path: string, more: object) =>
            ask(path, { lease_token, request_id: long(200, `${path} ${index}`), ...more });
          expect((await holders('/heartbeat', {})).status).toBe(200);
          expect((await holders('/handoff', { to: wide(200, index), ttl_s: 86_400 })).status).toBe(200);
          expect((await holders('/release', { no_wait: true })).status).toBe(200);
        },
      ],
    ];

    it.each(floods)('%s costs little memory, little disk and no heartbeat', async (_, count, request) => {
      const { lease_token: token } = await ask('/acquire', { holder: 'keeper', slot: 0 });
      const [heapBefore, residentBefore, writtenBefore] = [
        heapBytes(),
        process.memoryUsage.rss(),
        writtenBytes(),
      ];
      const beats = { all: 0, late: 0 };
      const over = new AbortController();
      const beating = (async () => {
        while (!over.signal.aborted) {
          const from = performance.now();
          expect((await ask('/heartbeat', { lease_token: token })).status).toBe(200);
          beats.all++;
          if (performance.now() - from > 10_000) beats.late++;
        }
      })();
      await each(count, request);
      over.abort();
      await beating;
      expect(heapBytes() - heapBefore).toBeLessThan(80_000_000);
      expect(process.memoryUsage.rss() - residentBefore).toBeLessThan(400_000_000);
      const snapshot = JSON.stringify(daemon.running.broker.registry.snapshot());
      expect(Buffer.byteLength(snapshot)).toBeLessThan(snapshotBytesMax);
      expect((writtenBytes() - writtenBefore) / count).toBeLessThan(60_000);
      expect(beats.late / beats.all).toBeLessThan(0.05);
      const folder = join(daemon.home.path, 'journal');
      const kept = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
      expect(kept).toBeLessThan(60_000_000);
      await daemon.restart();
      expect((await ask('/heartbeat', { lease_token: token })).status).toBe(200);
    });
  },
);

describe('a field that is too long', () => {
  let daemon: InstantDaemon;

  beforeAll(async () => {
    daemon = await InstantDaemon.start(1);
  });
  afterAll(() => daemon.remove());

  it.each([
    ['/acquire', 'holder', 201],
    ['/acquire', 'tenant', 201],
    ['/acquire', 'run', 201],
    ['/acquire', 'client', 201],
    ['/acquire', 'request_id', 201],
    ['/acquire', 'handoff', 513],
    ['/heartbeat', 'lease_token', 513],
    ['/heartbeat', 'request_id', 201],
    ['/release', 'lease_token', 513],
    ['/release', 'request_id', 201],
    ['/handoff', 'lease_token', 513],
    ['/handoff', 'to', 201],
    ['/handoff', 'request_id', 201],
  ])('%s refuses a longer %s, counted in bytes', async (path, field, bytes) => {
    const whole = { holder: 'a', lease_token: 'x', to: 'b' };
    for (const text of [long(bytes, 0), wide(bytes + 9, 0)]) {
      expect(await askOf(daemon, path, { ...whole, [field]: text })).toMatchObject({
        status: 400,
        error: 'bad_request',
        details: { field },
      });
    }
  });

  it('/acquire refuses labels that are many, long or large in all', async () => {
    const tooMany = Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`k${at}`, 'v']));
    for (const given of [
      tooMany,
      { k: long(201, 0) },
      { [long(64, 0)]: 'v' },
      { ...labels(0), more: long(200, 0) },
    ]) {
      expect(await askOf(daemon, '/acquire', { holder: 'a', labels: given })).toMatchObject({
        status: 400,
        details: { field: 'labels' },
      });
    }
  });
});

async function askOf(daemon: InstantDaemon, path: string, body: object) {
  const response = await daemon.post(path, body);
  return { status: response.status, ...(await response.json()) };
}
