import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { closedAfterEach } from '../../src/kept-sessions.js';
import { McpSession } from '../../src/mcp-session.js';

export function mcpOverHttp(pool: () => EscarpHome, ttlS: number): void {
  describe('MCP over HTTP at /mcp', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    const sessions = closedAfterEach(() => home);

    beforeAll(() => void (home = pool()));

    const connect = async (name = 'e2e', revision?: '2026-07-28') => {
      const transport = new StreamableHTTPClientTransport(new URL(`${await home.url()}/mcp`));
      const session = await McpSession.connect(transport, name, revision);
      sessions.push(session);
      return { session, transport };
    };

    it('gives each session a lease of its own, which a second session does not share', async () => {
      const [one, two] = await Promise.all([connect('one'), connect('two')]);
      const leases = await Promise.all(
        [one, two].map(({ session }) => session.call('escarp_acquire', { wait_s: 60 })),
      );
      expect(new Set(leases.map(({ structured }) => structured['slot']))).toEqual(new Set([0, 1]));
      const { slots } = await home.status();
      expect(new Set(slots.map(({ holder }) => holder))).toEqual(new Set(['one', 'two']));
      const again = await one.session.call('escarp_acquire');
      expect(again).toMatchObject({ isError: true, structured: { error: 'pool_exhausted' } });
      for (const { transport } of [one, two]) await transport.terminateSession();
    });

    it('gives a client without a session leases that live by their handles', async () => {
      const { session, transport } = await connect('modern', '2026-07-28');
      expect(session.client.getProtocolEra()).toBe('modern');
      const { structured } = await session.call('escarp_acquire', { wait_s: 60, agent: 'one' });
      const { lease, slot } = structured;
      expect(transport.sessionId).toBeUndefined();
      expect((await home.status()).slots[Number(slot)]).toMatchObject({ holder: 'modern/one' });
      const { session: stranger } = await connect('stranger', '2026-07-28');
      expect((await stranger.call('escarp_release')).structured).toMatchObject({ error: 'which_lease' });
      expect(JSON.stringify(await stranger.call('escarp_status'))).not.toContain(lease);
      expect((await session.call('escarp_release', { lease })).structured).toMatchObject({
        released: true,
        slot,
      });
      expect((await session.call('escarp_status', { lease })).structured).toMatchObject({
        error: 'lease_ended',
        message: expect.stringMatching(/released/),
      });
    });

    it('keeps the lease for longer than it lasts, and moves its deadline at every call', async () => {
      const { session, transport } = await connect();
      const { structured: lease } = await session.call('escarp_acquire', { wait_s: 60 });
      const slot = Number(lease['slot']);
      await expect
        .poll(async () => (await home.status()).slots[slot], { timeout: 60_000, interval: 500 })
        .toSatisfy(
          ({ last_heartbeat: renewed, acquired_at: acquired }) => Number(renewed) > Number(acquired) + ttlS,
        );
      const deadline = async (): Promise<number> => {
        const { structured } = await session.call('escarp_status');
        const slots: unknown = structured['slots'];
        return Array.isArray(slots) ? Number(slots[slot].expires_at) : Number.NaN;
      };
      const before = await deadline();
      expect(await deadline()).toBeGreaterThan(before);
      await transport.terminateSession();
    });

    it('gives the slot back when the session is deleted, and knows the session no more', async () => {
      const { session, transport } = await connect();
      await session.call('escarp_acquire', { wait_s: 60 });
      const journal = await home.journal();
      const id = transport.sessionId ?? '';
      await transport.terminateSession();
      await journal.until({ type: 'lease-ended', how: 'released' });
      const response = await fetch(`${await home.url()}/mcp`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-session-id': id,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      });
      expect(response.status).toBe(404);
    });

    it('tells a session that its lease was revoked', async () => {
      const { session, transport } = await connect();
      const { structured } = await session.call('escarp_acquire', { wait_s: 60 });
      await home.post('/revoke', { slot: structured['slot'] });
      expect((await session.call('escarp_status')).structured['notice']).toMatch(
        /lease was lost.*escarp_acquire/,
      );
      await transport.terminateSession();
    });
  });
}
