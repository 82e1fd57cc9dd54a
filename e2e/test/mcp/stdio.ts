import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { closedAfterEach } from '../../src/kept-sessions.js';
import { McpSession, stdioTransport } from '../../src/mcp-session.js';
import { startRecordingProxy } from '../../src/recording-proxy.js';

const leaseFields = [
  'lease',
  'slot',
  'os_window_id',
  'owner_pid',
  'bounds',
  'cua_app_bundle_id',
  'cua_app_name',
  'cua_app_path',
  'cdp_port',
  'cdp_window_id',
  'cdp_target_id',
  'cdp_ws_url',
  'dev_port',
  'expires_at',
  'auto_heartbeat_interval_s',
  'cdp_http_url',
  'ports',
  'display',
  'display_authority',
  'wm_class',
  'instructions',
];

export function mcpOverStdio(pool: () => EscarpHome, ttlS: number): void {
  describe('escarp mcp over stdio', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    const sessions = closedAfterEach(() => home);

    beforeAll(() => void (home = pool()));

    const connect = async (command = ['escarp', 'mcp'], env = {}, revision?: '2026-07-28') => {
      const transport = stdioTransport(home, command, env);
      const session = await McpSession.connect(transport, 'e2e', revision);
      sessions.push(session);
      return { session, pid: transport.pid ?? 0 };
    };

    it.each([['escarp', 'mcp'], ['escarp-mcp']])('tells what a holder needs, by %s', async (...command) => {
      const { session } = await connect(command);
      const { isError, structured } = await session.call('escarp_acquire', { wait_s: 60, dev_port: 3999 });
      expect(isError).toBe(false);
      expect(Object.keys(structured).toSorted()).toEqual(leaseFields.toSorted());
      expect(structured).toMatchObject({ dev_port: 3999, auto_heartbeat_interval_s: ttlS / 3 });
      const version = await fetch(`${String(structured['cdp_http_url'])}/json/version`);
      expect(await version.json()).toMatchObject({ webSocketDebuggerUrl: structured['cdp_ws_url'] });
      expect(await home.leased()).toEqual([structured['slot']]);
      expect((await session.call('escarp_release')).structured).toMatchObject({ released: true });
      expect(await home.leased()).toEqual([]);
    });

    it('never shows the model a token, in no answer of any tool', async () => {
      const proxy = await startRecordingProxy(await home.url());
      try {
        const { session } = await connect(['escarp', 'mcp'], { ESCARP_BROKER_URL: proxy.url });
        await session.call('escarp_acquire', { wait_s: 60 });
        await session.call('escarp_acquire');
        await session.call('escarp_status');
        await session.call('escarp_release');
        expect(proxy.tokens).toHaveLength(2);
        expect(session.seen.length).toBeGreaterThanOrEqual(4);
        for (const token of proxy.tokens) {
          expect(token).toMatch(/^[\w-]{43}$/);
          expect(session.seen.join('\n')).not.toContain(token);
        }
      } finally {
        proxy.close();
      }
    });

    it.each([undefined, '2026-07-28'] as const)(
      'gives the subagents of one connection a browser each, by handle, also in revision %s',
      async (revision) => {
        const journal = await home.journal();
        const { session } = await connect(['escarp', 'mcp'], {}, revision);
        expect(session.client.getProtocolEra()).toBe(revision === undefined ? 'legacy' : 'modern');
        const leases = await Promise.all(
          ['one', 'two'].map((agent) => session.call('escarp_acquire', { wait_s: 60, agent })),
        );
        const [one, two] = leases.map(({ structured }) => structured);
        expect(one?.['slot']).not.toBe(two?.['slot']);
        const holders = (await home.status()).slots.map(({ holder }) => holder);
        expect(new Set(holders)).toEqual(new Set(['e2e@project/one', 'e2e@project/two']));
        expect((await session.call('escarp_release')).structured).toMatchObject({ error: 'which_lease' });
        const released = await session.call('escarp_release', { lease: one?.['lease'] });
        expect(released.structured).toMatchObject({ slot: one?.['slot'] });
        expect((await session.call('escarp_release', { lease: one?.['lease'] })).structured).toMatchObject({
          error: 'lease_ended',
          message: expect.stringMatching(/released/),
        });
        await session.close();
        const ended = await journal.until({ type: 'lease-ended', how: 'released' });
        await journal.until({ type: 'lease-ended', how: 'released' }, ended);
        expect(await home.leased()).toEqual([]);
      },
    );

    it('gives the slot back when standard input is closed', async () => {
      const journal = await home.journal();
      const server = home.start(['escarp', 'mcp']);
      for (const message of handshake('escarp_acquire', { wait_s: 60 })) {
        server.child.stdin.write(`${JSON.stringify(message)}\n`);
      }
      await server.until(/"slot":/);
      server.child.stdin.end();
      expect(await server.ended).toMatchObject({ exitCode: 0 });
      await journal.until({ type: 'lease-ended', how: 'released' });
      expect(await home.leased()).toEqual([]);
    });

    it('gives the slot back when it is asked to end', async () => {
      const journal = await home.journal();
      const { session, pid } = await connect();
      await session.call('escarp_acquire', { wait_s: 60 });
      process.kill(pid, 'SIGTERM');
      await journal.until({ type: 'lease-ended', how: 'released' });
      expect(await home.leased()).toEqual([]);
    });

    it('loses the slot to its deadline when it is killed', async () => {
      const journal = await home.journal();
      const { session, pid } = await connect();
      await session.call('escarp_acquire', { wait_s: 60 });
      process.kill(pid, 'SIGKILL');
      await journal.until({ type: 'lease-ended', how: 'expired' });
      expect(await home.leased()).toEqual([]);
    });

    describe('in a session that goes on', () => {
      let session: McpSession;
      beforeAll(async () => {
        session = await McpSession.connect(stdioTransport(home, ['escarp', 'mcp']), 'e2e');
      }, 120_000);
      afterEach(async () => void (await session.call('escarp_release')));
      afterAll(async () => session.close(), 120_000);

      it('names the holder after the client and the folder it works in', async () => {
        const { structured } = await session.call('escarp_acquire', { wait_s: 60 });
        const { slots } = await home.status();
        expect(slots[Number(structured['slot'])]).toMatchObject({ holder: 'e2e@project' });
      });

      it('keeps the lease by itself for longer than it lasts', async () => {
        const { structured } = await session.call('escarp_acquire', { wait_s: 60 });
        const slot = Number(structured['slot']);
        // Renewals are not events, so this alone is asked for again and again.
        await expect
          .poll(async () => (await home.status()).slots[slot], { timeout: 60_000, interval: 500 })
          .toSatisfy(
            ({ last_heartbeat: renewed, acquired_at: acquired }) => Number(renewed) > Number(acquired) + ttlS,
          );
        expect(await home.leased()).toEqual([slot]);
        expect((await session.call('escarp_status')).structured).toMatchObject({ holding: slot });
      });

      it('tells the model that its lease was lost and what to do', async () => {
        const { structured } = await session.call('escarp_acquire', { wait_s: 60 });
        await home.post('/revoke', { slot: structured['slot'] });
        const { structured: status } = await session.call('escarp_status');
        expect(status['holding']).toBeNull();
        expect(status['notice']).toMatch(/lease was lost.*revoked.*escarp_acquire/);
        const { isError, structured: next } = await session.call('escarp_acquire', { wait_s: 60 });
        expect(isError).toBe(false);
        expect(next['notice']).toBeUndefined();
      });

      it('says of a new lease that the earlier one was lost', async () => {
        const { structured } = await session.call('escarp_acquire', { wait_s: 60 });
        await home.post('/revoke', { slot: structured['slot'] });
        const { structured: next } = await session.call('escarp_acquire', { wait_s: 60 });
        expect(next['notice']).toMatch(/lease was lost.*connect to its address/);
      });
    });

    it('refuses while every slot is leased, and stands in line with progress if asked to', async () => {
      const leases = await Promise.all(
        ['one', 'two'].map(async (holder) => home.post('/acquire', { holder, wait_s: 60, ttl_s: 600 })),
      );
      const [first, second] = leases.map(({ body }) => ({ lease_token: body['lease_token'] }));
      const { session } = await connect();
      const refused = await session.call('escarp_acquire');
      expect(refused).toMatchObject({
        isError: true,
        structured: { error: 'pool_exhausted', retry: 'later' },
      });
      expect(refused.structured['retry_after_s']).toEqual(expect.any(Number));
      const messages: unknown[] = [];
      const waiting = session.call('escarp_acquire', { wait_s: 60 }, (progress) => {
        messages.push(progress.message);
        if (messages.length === 2) void home.post('/release', { ...first });
      });
      expect(await waiting).toMatchObject({ isError: false });
      expect(messages[0]).toMatch(/^Waiting for a free browser/);
      await home.post('/release', { ...second });
    });
  });
}

function handshake(tool: string, args: object) {
  const clientInfo = { name: 'lines', version: '1' };
  return [
    {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
    },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: tool, arguments: args } },
  ];
}
