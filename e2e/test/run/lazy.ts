import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../../src/escarp-home.js';

export function lazyRun(pool: () => EscarpHome): void {
  describe('the address that escarp run --lazy gives', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    const ends: (() => void)[] = [];

    beforeAll(() => void (home = pool()));
    afterEach(() => {
      for (const end of ends.splice(0)) end();
    });

    /** A command that only tells its address, and stays until the end of the test. */
    const start = async (...options: string[]) => {
      const started = await startToStay(...options);
      ends.push(started.end);
      return started;
    };
    const startToStay = async (...options: string[]) => {
      const tell = 'console.log(process.argv[1]); process.stdin.resume()';
      const program = home.start([
        'escarp',
        'run',
        '--lazy',
        ...options,
        '--',
        'node',
        '-e',
        tell,
        '{cdp_http}',
      ]);
      const end = () => void program.child.stdin.end();
      const [address] = await program.until(/http:\S+/);
      return { address, end, ended: program.ended, said: () => program.stderr };
    };

    it('leases at the first question and answers every later one with the same browser', async () => {
      const { address } = await start();
      expect(await home.leased()).toEqual([]);
      const first = await ask(address);
      expect(first.body['webSocketDebuggerUrl']).toMatch(/^ws:/);
      expect(await home.leased()).toEqual([0]);
      expect(await ask(`${address}/json/version/`)).toEqual(first);
      expect(await home.leased()).toEqual([0]);
    });

    it('answers with the browser that took the place of one that died, under the same lease', async () => {
      const { address } = await start();
      const before = await ask(address);
      const [slot] = (await home.status()).slots;
      const journal = await home.journal();
      process.kill(Number(slot?.['pid']), 'SIGKILL');
      await journal.until({ type: 'resource-lost' });
      const after = await ask(address);
      expect(after.status).toBe(200);
      expect(after.body['webSocketDebuggerUrl']).not.toBe(before.body['webSocketDebuggerUrl']);
      expect((await home.status()).slots[0]).toMatchObject({ state: 'leased', fence: slot?.['fence'] });
    });

    it('leases again when the lease was lost', async () => {
      const { address } = await start();
      await ask(address);
      const [held] = (await home.status()).slots;
      await home.post('/revoke', { slot: 0 });
      expect((await ask(address)).status).toBe(200);
      const [again] = (await home.status()).slots;
      expect(again).toMatchObject({ state: 'leased' });
      expect(Number(again?.['fence'])).toBeGreaterThan(Number(held?.['fence']));
    });

    it('gives the slot back after a silence that may be a fraction of a minute, and leases at the next use', async () => {
      const journal = await home.journal();
      const { address } = await start('--idle-release', '0.05');
      await ask(address);
      const ended = await journal.until({ type: 'lease-ended', how: 'released' });
      const free = await journal.until({ type: 'resource-free' }, ended);
      expect((await ask(address)).status).toBe(200);
      await journal.until({ type: 'lease-granted' }, free);
    });

    it('gives the slot back when the command ends', async () => {
      const { address, ended } = await start();
      await ask(address);
      const journal = await home.journal();
      for (const end of ends.splice(0)) end();
      await ended;
      await journal.until({ type: 'lease-ended', how: 'released' });
      expect(await home.leased()).toEqual([]);
    });

    it('leaves the line when the command ends before its turn', async () => {
      const lease = await home.post('/acquire', { holder: 'first', wait_s: 60, ttl_s: 600 });
      const { address, ended } = await start();
      const journal = await home.journal();
      const asked = ask(address).catch(() => {});
      await journal.until({ type: 'waiter-queued' });
      for (const end of ends.splice(0)) end();
      await journal.until({ type: 'waiter-left', how: 'cancelled' });
      await Promise.all([ended, asked]);
      await home.post('/release', { lease_token: lease.body['lease_token'] });
      expect(await home.leased()).toEqual([]);
    });

    it('says in the status line, which is all that some clients show, why there is no browser', async () => {
      const lease = await home.post('/acquire', { holder: 'first', wait_s: 60, ttl_s: 600 });
      const { address, said } = await start('--wait', '0');
      const { status, reason, body } = await ask(address);
      expect({ status, reason }).toEqual({ status: 409, reason: body['message'] });
      expect(body).toMatchObject({ error: 'pool_exhausted', hint: expect.any(String) });
      expect(said()).toContain(reason);
      await home.post('/release', { lease_token: lease.body['lease_token'] });
    });

    describe('of one command', () => {
      let command: Awaited<ReturnType<typeof startToStay>>;
      beforeAll(async () => void (command = await startToStay()), 120_000);
      afterEach(async () => void (await home.post('/revoke', { slot: 0 })));
      afterAll(async () => {
        command.end();
        await command.ended;
      }, 120_000);

      it.each([
        ['a page of another site', { origin: 'https://example.com' }],
        ['a page of its own address', { origin: 'own' }],
        ['an image in a page', { 'sec-fetch-site': 'cross-site' }],
        ['an address that a browser was sent to', { 'sec-fetch-site': 'none' }],
        ['a name that was rebound to this machine', { host: 'rebound.example' }],
        ['a name with the right port', { host: 'rebound.example:PORT' }],
      ])('takes no lease for %s', async (_, headers: Record<string, string>) => {
        const { address } = command;
        const { port } = new URL(address);
        const sent = Object.entries(headers).map(([name, value]) => [
          name,
          value === 'own' ? address : value.replace('PORT', port),
        ]);
        expect(await ask(address, Object.fromEntries(sent))).toMatchObject({
          status: 403,
          body: { error: 'forbidden_origin' },
        });
        expect(await home.leased()).toEqual([]);
        // The same question without these headers is a client's.
        expect((await ask(address)).status).toBe(200);
      });
    });

    it('knows nothing but the one question', async () => {
      const { address } = await start();
      for (const path of ['/', '/json', '/json/list', '/json/new?about:blank', '/json/version/x']) {
        expect((await ask(address + path)).status).toBe(404);
      }
      expect((await ask(address, {}, 'POST')).status).toBe(404);
      expect(await home.leased()).toEqual([]);
    });
  });
}

/** As a client that connects by discovery asks, with headers that `fetch` would not let us choose. */
async function ask(
  address: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; reason: string; body: Json }> {
  const url = new URL(address);
  if (url.pathname === '/' && !address.endsWith('/')) url.pathname = '/json/version';
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          body: JSON.parse(text),
        }),
      );
    });
    sent.on('error', reject).end();
  });
}
