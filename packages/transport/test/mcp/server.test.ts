import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { MemoryBroker } from './memory-broker.js';
import { session } from './session.js';

describe('the tools', () => {
  it('describe themselves with schemas and annotations in the words of the wire', async () => {
    const { tools, client } = await session();
    const own = ['escarp_acquire', 'escarp_status', 'escarp_release', 'escarp_ask_human'];
    expect(tools.map(({ name }) => name)).toEqual(own);
    const [acquire, status, release] = tools;
    expect(Object.keys(acquire?.inputSchema.properties ?? {})).toEqual([
      'holder',
      'agent',
      'slot',
      'dev_port',
      'wait_s',
      'labels',
      'login',
      'update_login',
      'screenshots',
    ]);
    expect(Object.keys(acquire?.outputSchema?.properties ?? {})).toEqual(
      expect.arrayContaining([
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
        'cdp_http_url',
        'auto_heartbeat_interval_s',
        'ports',
        'display',
        'wm_class',
        'instructions',
      ]),
    );
    expect(status?.annotations?.readOnlyHint).toBe(true);
    expect(release?.annotations?.destructiveHint).toBe(true);
    expect(client.getInstructions()).toContain('escarp_acquire');
    expect(JSON.stringify(tools)).not.toContain('token');
  });

  it('are listed in docs/mcp.md with everything they take', async () => {
    const { tools } = await session();
    const page = await readFile(new URL('../../../../docs/mcp.md', import.meta.url), 'utf8');
    for (const { name, inputSchema } of tools) {
      const [, , takes = ''] = page.match(new RegExp(`^\\| \`${name}\` .*$`, 'm'))?.[0].split('|') ?? [];
      const fields = Object.keys(inputSchema.properties ?? {});
      const listed = fields.map(
        (field) => `\`${field}${inputSchema.required?.includes(field) === true ? '' : '?'}\``,
      );
      expect(takes.trim().split(', ').toSorted(), name).toEqual(listed.toSorted());
    }
  });

  it('lease a slot, show it as held, and give it back', async () => {
    const { pool, call } = await session();
    const acquired = await call('escarp_acquire', { dev_port: 5173, labels: { team: 'web' } });
    expect(acquired.isError).toBeUndefined();
    expect(pool.asked).toEqual([{ holder: 'test-agent@worktree', devPort: 5173, labels: { team: 'web' } }]);
    expect(acquired.structuredContent).toMatchObject({
      slot: 0,
      cdp_ws_url: 'ws://127.0.0.1:9222/devtools/browser/0',
      auto_heartbeat_interval_s: 20,
    });
    expect(acquired.structuredContent['instructions']).toContain('ws://127.0.0.1:9222/devtools/browser/0');
    expect((await call('escarp_status')).structuredContent).toMatchObject({
      holding: 0,
      slots: [{ state: 'leased', cdp_ws_url: 'ws://127.0.0.1:9222/devtools/browser/0' }],
    });
    expect((await call('escarp_release')).structuredContent).toEqual({
      released: true,
      slot: 0,
      lease: 'handle-1',
    });
    expect((await call('escarp_release')).structuredContent).toEqual({
      released: false,
      slot: null,
      lease: null,
    });
    expect((await call('escarp_status')).structuredContent).toMatchObject({ holding: null });
  });

  it('show a slot as held by the session only while it is, and not with its old address', async () => {
    const pool = new MemoryBroker();
    const { call } = await session(pool);
    await call('escarp_acquire');
    const { status } = pool.broker;
    vi.spyOn(pool.broker, 'status').mockImplementation(async (...asked) => {
      pool.revoke();
      const now = await status(...asked);
      const slots = now.slots.map((slot) => ({
        ...slot,
        state: 'leased' as const,
        holder: 'next',
        fence: 99,
        cdpWsUrl: null,
      }));
      return { ...now, slots };
    });
    expect((await call('escarp_status')).structuredContent).toMatchObject({
      holding: null,
      slots: [{ holder: 'next', cdp_ws_url: null }],
      notice: expect.stringContaining('revoked'),
    });
  });

  it('never show the token to the model', async () => {
    const { call } = await session();
    const seen = JSON.stringify([
      await call('escarp_acquire'),
      await call('escarp_status'),
      await call('escarp_acquire'),
      await call('escarp_release'),
    ]);
    expect(seen).toContain('cdp_port');
    expect(seen).not.toMatch(/secret|lease_id|lease_token/);
  });

  it('keep to as many leases as the operator allows a session', async () => {
    const { call } = await session(new MemoryBroker(2), { leasesMax: 1 });
    await call('escarp_acquire');
    const second = await call('escarp_acquire');
    expect(second.isError).toBe(true);
    expect(second.structuredContent).toMatchObject({
      error: 'already_holding',
      retry: 'after_fix',
      details: { slot: 0 },
    });
  });

  it('refuse what a model made up', async () => {
    const { call, client } = await session();
    expect((await call('escarp_acquire', { slot: 'first' })).structuredContent).toMatchObject({
      error: 'bad_request',
      message: 'The field slot must be a number.',
    });
    await expect(client.callTool({ name: 'toString' })).rejects.toThrow(/no tool/);
  });

  it('hide what went wrong inside, and report it', async () => {
    const pool = new MemoryBroker();
    vi.spyOn(pool.broker, 'status').mockRejectedValue(new Error('secret'));
    const { call, reported } = await session(pool);
    const result = await call('escarp_status');
    expect(result.structuredContent).toMatchObject({ error: 'internal' });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(reported).toHaveLength(1);
  });
});

describe('several leases in one connection', () => {
  const two = async () => {
    const { pool, call } = await session(new MemoryBroker(2));
    const answers = [
      await call('escarp_acquire', { agent: 'one' }),
      await call('escarp_acquire', { agent: 'two' }),
    ];
    const [first, second] = answers.map(({ structuredContent }) => String(structuredContent['lease']));
    return { pool, call, first, second };
  };

  it('are each the browser of another agent, who is named to the pool', async () => {
    const { pool, first, second } = await two();
    expect(pool.asked).toEqual([
      { holder: 'test-agent@worktree', agent: 'one' },
      { holder: 'test-agent@worktree', agent: 'two' },
    ]);
    expect(first).not.toBe(second);
    expect([...pool.leased.keys()]).toEqual([0, 1]);
  });

  it('must be told apart: a call that names none is shown them', async () => {
    const { pool, call, first, second } = await two();
    expect((await call('escarp_release')).structuredContent).toMatchObject({
      error: 'which_lease',
      details: {
        leases: [
          { lease: first, slot: 0, agent: 'one' },
          { lease: second, slot: 1, agent: 'two' },
        ],
      },
    });
    expect((await call('escarp_release', { lease: first })).structuredContent).toMatchObject({ slot: 0 });
    expect((await call('escarp_release')).structuredContent).toMatchObject({ lease: second, slot: 1 });
    expect(pool.released).toEqual(['secret-1', 'secret-2']);
  });

  it('are marked in the status, and nothing else is', async () => {
    const { call, second, pool } = await two();
    await call('escarp_release', { lease: second });
    await pool.broker.acquire({ holder: 'someone else' });
    const { structuredContent } = await call('escarp_status');
    expect(structuredContent).toMatchObject({
      leases: [{ lease: 'handle-1', slot: 0, agent: 'one' }],
      slots: [
        { mine: true, cdp_ws_url: expect.stringContaining('ws://') },
        { mine: false, cdp_ws_url: null },
      ],
    });
  });

  it.each(['revoked', 'released'])('say how and when one ended that was %s', async (how) => {
    const { call, pool, first } = await two();
    if (how === 'revoked') pool.revoke();
    else await call('escarp_release', { lease: first });
    for (const tool of ['escarp_release', 'escarp_status'])
      expect((await call(tool, { lease: first })).structuredContent).toMatchObject({
        error: 'lease_ended',
        message: `The lease was ${how} at 12:00.`,
      });
  });

  it('are of no use to another connection', async () => {
    const { pool, first } = await two();
    const stranger = await session(pool);
    for (const tool of ['escarp_release', 'escarp_status'])
      expect((await stranger.call(tool, { lease: first })).structuredContent).toMatchObject({
        error: 'unknown_lease',
      });
    expect(pool.leased.size).toBe(2);
  });
});

describe('a full pool', () => {
  it('is a refusal that says when to try again', async () => {
    const pool = new MemoryBroker();
    const first = await session(pool);
    const second = await session(pool);
    await first.call('escarp_acquire');
    const refused = await second.call('escarp_acquire');
    expect(refused.isError).toBe(true);
    expect(refused.structuredContent).toMatchObject({
      error: 'pool_exhausted',
      retry_after_s: 12,
      retry: 'later',
    });
    expect(JSON.parse((refused.content[0] as { text: string }).text)).toEqual(refused.structuredContent);
  });

  it('can be waited for, with progress', async () => {
    const pool = new MemoryBroker();
    const first = await session(pool);
    const second = await session(pool);
    await first.call('escarp_acquire');
    const told: string[] = [];
    const granted = second.client.callTool(
      { name: 'escarp_acquire', arguments: { wait_s: 60 } },
      {
        onprogress: ({ message }) => told.push(message ?? ''),
      },
    );
    await vi.waitUntil(() => told.length >= 2, 20_000);
    expect(told[0]).toContain('place 1 in the queue, about 12 s');
    await first.call('escarp_release');
    expect((await granted).structuredContent).toMatchObject({ slot: 0 });
  });

  it('is left at once by a call that is cancelled', async () => {
    const pool = new MemoryBroker();
    const first = await session(pool);
    const second = await session(pool);
    await first.call('escarp_acquire');
    const controller = new AbortController();
    const granted = second.client.callTool(
      { name: 'escarp_acquire', arguments: { wait_s: 60 } },
      {
        signal: controller.signal,
      },
    );
    await vi.waitUntil(() => pool.waiting === 1, 20_000);
    controller.abort('enough');
    await expect(granted).rejects.toThrow('enough');
    await vi.waitUntil(() => pool.waiting === 0, 20_000);
    await first.call('escarp_release');
    expect(pool.grants).toBe(1);
  });

  it('is left at once by a client that disconnects', async () => {
    const pool = new MemoryBroker();
    const first = await session(pool);
    const second = await session(pool);
    await first.call('escarp_acquire');
    const granted = second.client.callTool({ name: 'escarp_acquire', arguments: { wait_s: 60 } });
    await vi.waitUntil(() => pool.waiting === 1, 20_000);
    await second.client.close();
    await expect(granted).rejects.toThrow(/closed/);
    await vi.waitUntil(() => pool.waiting === 0, 20_000);
  });
});

describe('a lease in a session', () => {
  it('is renewed by itself', async () => {
    const pool = new MemoryBroker();
    pool.heartbeatIntervalS = 0.01;
    const { call } = await session(pool);
    await call('escarp_acquire');
    await vi.waitUntil(() => pool.beats >= 3, 20_000);
    expect(pool.current).toBeDefined();
  });

  it.each(['escarp_status', 'escarp_acquire', 'escarp_release'])(
    'that was lost in between is told by the next call, %s, once',
    async (tool) => {
      const pool = new MemoryBroker();
      pool.heartbeatIntervalS = 0.01;
      const { call } = await session(pool);
      await call('escarp_acquire');
      pool.revoke();
      const beats = pool.beats;
      await vi.waitUntil(() => pool.beats > beats, 20_000);
      const { structuredContent } = await call(tool);
      expect(structuredContent['notice']).toContain('The lease was revoked at 12:00.');
      expect(structuredContent['notice']).toMatch(/acquire|new lease/);
      expect((await call('escarp_status')).structuredContent['notice']).toBeUndefined();
    },
  );

  it('that an earlier session left behind is continued, unless another slot is wished for', async () => {
    const pool = new MemoryBroker(2);
    const left = await pool.broker.acquire({ holder: 'earlier' });
    const { call } = await session(pool, { reattach: async () => left });
    const { structuredContent: other } = await call('escarp_acquire', { slot: 1 });
    expect(other).toMatchObject({ slot: 1, lease: 'handle-2' });
    const { structuredContent: again } = await call('escarp_acquire');
    expect(again).toMatchObject({ slot: 0, lease: 'handle-1' });
    expect(again['notice']).toContain('earlier session');
  });

  it('that was lost a moment ago does not stand in the way of the next', async () => {
    const { pool, call } = await session();
    await call('escarp_acquire');
    pool.revoke();
    const { structuredContent } = await call('escarp_acquire');
    expect(structuredContent).toMatchObject({ slot: 0 });
    expect(structuredContent['notice']).toContain('this is a new lease');
  });

  it('ends when its client disconnects', async () => {
    const { pool, call, client } = await session();
    await call('escarp_acquire');
    await client.close();
    await vi.waitUntil(() => pool.released.length === 1, 20_000);
    expect(pool.current).toBeUndefined();
  });

  it('ends when its connection is closed', async () => {
    const { pool, call, leases } = await session();
    await call('escarp_acquire');
    await leases.close();
    expect(pool.released).toEqual(['secret-1']);
  });
});
