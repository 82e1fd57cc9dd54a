import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import type { PageCall, PageOptions, PageTools } from '@escarp/transport/mcp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MemoryBroker } from './memory-broker.js';
import { session } from './session.js';

const dialect = 'https://json-schema.org/draft/2020-12/schema';

const click: Tool = {
  name: 'click',
  description: 'Click on it',
  inputSchema: {
    $schema: dialect,
    type: 'object',
    properties: { target: { type: 'string' } },
    required: ['target'],
    additionalProperties: false,
  },
};
const olderDialect: Tool = {
  name: 'older',
  inputSchema: { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' },
};

const done: CallToolResult = { content: [{ type: 'text', text: 'done' }] };

/** A page server that says what it was asked, and answers as it is told to. */
class FakePages implements PageTools {
  readonly asked: PageCall[] = [];
  readonly ended: string[] = [];
  answer: (call: PageCall) => Promise<CallToolResult> = async () => done;

  list = async () => [click, olderDialect];
  end = async (handle: string) => void this.ended.push(handle);
  onListChanged = () => {};
  close = async () => {};
  async call(call: PageCall): Promise<CallToolResult> {
    this.asked.push(call);
    return await this.answer(call);
  }
}

async function withPages(over: Partial<PageOptions> = {}) {
  const pages = new FakePages();
  const options = { pages: { tools: pages, lazy: true, idleMs: 0, waitS: 1, ...over } };
  return { pages, ...(await session(new MemoryBroker(2), options)) };
}

describe('page tools beside those of escarp', () => {
  it('are listed as their server has them, with lease, and without the dialect that MCP assumes', async () => {
    const { tools } = await withPages();
    const { $schema, ...inputSchema } = click.inputSchema;
    expect(tools.slice(4)).toEqual([
      {
        ...click,
        inputSchema: {
          ...inputSchema,
          properties: { target: { type: 'string' }, lease: { type: 'string' } },
        },
      },
      {
        ...olderDialect,
        inputSchema: { ...olderDialect.inputSchema, properties: { lease: { type: 'string' } } },
      },
    ]);
    expect($schema).toBe(dialect);
  });

  it('are called for the lease that is named, without that argument', async () => {
    const { pages, call } = await withPages();
    await call('escarp_acquire');
    const { structuredContent: second } = await call('escarp_acquire');
    expect(await call('click', { target: 'x', lease: second['lease'] })).toEqual(done);
    expect(pages.asked).toMatchObject([{ name: 'click', lease: { slot: 1 } }]);
    expect(pages.asked[0]?.args).toEqual({ target: 'x' });
    expect((await call('click')).structuredContent).toMatchObject({ error: 'which_lease' });
  });

  it('refuse to act while a person has control, and still look', async () => {
    const { pool, pages, call } = await withPages();
    pages.list = async () => [click, { ...click, name: 'look', annotations: { readOnlyHint: true } }];
    await call('escarp_acquire');
    pool.control('human');
    const refused = await call('click', { target: 'x' });
    expect(refused).toMatchObject({ isError: true, structuredContent: { error: 'human_in_control' } });
    expect(pages.asked).toEqual([]);
    expect(await call('look')).toEqual(done);
    pool.control('agent');
    await vi.waitFor(async () => expect(await call('click', { target: 'x' })).toEqual(done), 20_000);
  });

  it('share one lease that is acquired for them if they come at once', async () => {
    const { pool, pages, call } = await withPages();
    await Promise.all([call('click'), call('click'), call('click')]);
    expect(pool.grants).toBe(1);
    expect(pages.asked.map(({ lease }) => lease.slot)).toEqual([0, 0, 0]);
  });

  it('acquire none for themselves where the operator does not want it', async () => {
    const { pool, call } = await withPages({ lazy: false });
    expect((await call('click')).structuredContent).toMatchObject({ error: 'which_lease' });
    expect(pool.grants).toBe(0);
  });

  it('give back what they acquired when it was idle for long enough, which a running call is not', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { pool, pages, call } = await withPages({ idleMs: 1_000 });
    let finish: (answer: CallToolResult) => void = () => {};
    pages.answer = async () => new Promise((resolve) => (finish = resolve));
    const answer = call('click');
    await vi.waitUntil(() => pages.asked.length === 1, 20_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(pool.released).toEqual([]);
    finish(done);
    await answer;
    await vi.advanceTimersByTimeAsync(999);
    expect(pool.released).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(pool.released).toEqual(['secret-1']);
  });

  it('renew the lease first, but not in every one of many calls at once', async () => {
    const { pool, call } = await withPages();
    const { structuredContent: held } = await call('escarp_acquire');
    const before = pool.beats;
    for (const args of [{}, { lease: held['lease'] }, {}, {}]) await call('click', args);
    expect(pool.beats).toBe(before + 1);
  });

  it.each(['named', 'not named'])(
    'never reach a browser whose lease was ended from outside, %s or not',
    async (how) => {
      const { pool, pages, call } = await withPages();
      const { structuredContent: held } = await call('escarp_acquire');
      const args = how === 'named' ? { lease: held['lease'] } : {};
      pool.revoke();
      expect((await call('click', args)).structuredContent).toMatchObject({
        error: 'lease_ended',
        message: 'The lease was revoked at 12:00.',
      });
      expect(pages.asked).toEqual([]);
      expect(pages.ended).toEqual([held['lease']]);
    },
  );

  it('go on with a new lease once the loss of the old one was told', async () => {
    const { pool, pages, call } = await withPages();
    await call('click');
    pool.revoke();
    // Until a renewal is due again, which asks whether the lease is still held.
    await expect.poll(async () => (await call('click')).isError).toBe(true);
    expect(await call('click')).toEqual(done);
    expect(pages.asked.at(-1)?.lease.handle).toBe('handle-2');
    expect(pages.ended).toEqual(['handle-1']);
  });

  it('whose lease ends while they work say so, and not how their server broke', async () => {
    const { pool, pages, call, leases, reported } = await withPages();
    pages.answer = async () => {
      pool.revoke();
      await leases.renew();
      throw new Error('Connection closed');
    };
    expect((await call('click')).structuredContent).toMatchObject({ error: 'lease_ended' });
    expect(reported).toEqual([]);
  });
});
