import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { McpSessions, type PersonLinks } from '@escarp/transport/mcp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../listen.js';
import { MemoryBroker } from './memory-broker.js';

const link = 'http://127.0.0.1:7879/#one-time-secret';

interface Shown {
  readonly mode?: unknown;
  readonly url?: unknown;
  readonly message: string;
}
type Answer = { action: 'accept' | 'decline' | 'cancel' };

/** How a client's user reacts to a link; it may wait, until the client is told that it need not any more. */
type Reaction = (shown: Shown, over: AbortSignal) => Promise<Answer>;

/** Agents of both ages of MCP over HTTP, with the SDK's own client. */
const ages = [
  { age: '2025-11-25', options: {} },
  { age: '2026-07-28', options: { versionNegotiation: { mode: { pin: '2026-07-28' } } } },
] as const;

async function agent(
  { options }: (typeof ages)[number],
  react: Reaction | undefined,
  links: Partial<PersonLinks> = {},
) {
  const pool = new MemoryBroker();
  const shown: Shown[] = [];
  const errors: unknown[] = [];
  const sessions = new McpSessions({
    broker: pool.broker,
    defaultHolder: () => 'agent',
    version: '2.0.0',
    onInternalError: (error) => errors.push(error),
    ids: () => crypto.randomUUID(),
    personLinks: { linkFor: async () => link, newId: () => crypto.randomUUID(), ...links },
  });
  const { url } = await listen({ mcp: sessions.endpoint });
  const capabilities = react === undefined ? {} : { elicitation: { url: {} } };
  const client = new Client({ name: 'agent', version: '1' }, { ...options, capabilities });
  if (react !== undefined)
    client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq }) => {
      shown.push(params);
      return await react(params, mcpReq.signal);
    });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
  onTestFinished(async () => {
    await client.close();
    await sessions.close();
  });
  const { structuredContent: granted } = await client.callTool({ name: 'escarp_acquire' });
  const { lease } = granted as { lease: string };
  const ask = async (more: object = {}) =>
    (await client.callTool({ name: 'escarp_ask_human', arguments: { lease, reason: 'a captcha', ...more } }))
      .structuredContent;
  return { pool, shown, errors, ask };
}

/** As soon as may be, however busy the machine is. */
const soon = async (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 25_000 });

const accept: Reaction = async () => ({ action: 'accept' });

describe.each(ages)('escarp_ask_human, to a client of $age that can show links', (age) => {
  it('shows the link to the slot with the reason, and waits for the answer', async () => {
    const { pool, shown, errors, ask } = await agent(age, accept);
    const asking = ask();
    await soon(() => expect(shown).toHaveLength(1));
    expect(shown[0]).toMatchObject({ mode: 'url', url: link });
    expect(shown[0]?.message).toContain('slot 0: "a captcha"');
    await soon(() => expect(pool.questions).toEqual(['a captcha']));
    pool.answer('done', 'solved');
    expect(await asking).toMatchObject({ outcome: 'done', note: 'solved' });
    expect([pool.questions.length, errors]).toEqual([1, []]);
  });

  it.each(['declined', 'timed_out'] as const)('takes no opened link for consent: %s', async (outcome) => {
    const { pool, shown, ask } = await agent(age, accept);
    const asking = ask();
    await soon(() => expect(shown).toHaveLength(1));
    await soon(() => expect(pool.questions).toHaveLength(1));
    pool.answer(outcome);
    expect(await asking).toMatchObject({
      outcome,
      next: expect.stringContaining('Do not do what you asked'),
    });
  });

  it('has declined when the person behind the client declines', async () => {
    const { ask } = await agent(age, async () => ({ action: 'decline' }));
    expect(await ask()).toMatchObject({
      outcome: 'declined',
      next: expect.stringContaining('Do not do what you asked'),
    });
  });

  it('goes on waiting when the person only closes the question', async () => {
    const { pool, shown, ask } = await agent(age, async () => ({ action: 'cancel' }));
    const asking = ask();
    await soon(() => expect(shown).toHaveLength(1));
    await soon(() => expect(pool.questions).toHaveLength(1));
    pool.answer('done');
    expect(await asking).toMatchObject({ outcome: 'done' });
  });

  it('asks without a link where there is none, or no way to get one', async () => {
    const failing = async () => {
      throw new Error('no viewer');
    };
    for (const linkFor of [async () => undefined, failing]) {
      const { pool, shown, errors, ask } = await agent(age, accept, { linkFor });
      const asking = ask();
      await soon(() => expect(pool.questions).toHaveLength(1));
      pool.answer('done');
      expect(await asking).toMatchObject({ outcome: 'done' });
      expect([shown, errors]).toEqual([[], []]);
    }
  });

  it('makes no link for a question that is refused', async () => {
    const made = vi.fn<() => Promise<string>>(async () => link);
    const { ask } = await agent(age, accept, { linkFor: made });
    expect(await ask({ reason: 'two\nlines' })).toMatchObject({ error: 'bad_request' });
    expect(await ask({ lease: 'another' })).toMatchObject({ error: 'unknown_lease' });
    expect(made).not.toHaveBeenCalled();
  });

  it('makes no link for a client that does not say it can show it', async () => {
    const made = vi.fn<() => Promise<string>>(async () => link);
    const { pool, ask } = await agent(age, undefined, { linkFor: made });
    const asking = ask();
    await soon(() => expect(pool.questions).toHaveLength(1));
    pool.answer('done');
    expect(await asking).toMatchObject({ outcome: 'done' });
    expect(made).not.toHaveBeenCalled();
  });
});

it('calls the question off in a client of 2025-11-25 when it was answered elsewhere', async () => {
  let isCalledOff = false;
  const { pool, shown, ask } = await agent(ages[0], async (_, over) => {
    await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
    isCalledOff = true;
    return { action: 'cancel' };
  });
  const asking = ask();
  await soon(() => expect(shown).toHaveLength(1));
  pool.answer('done', 'on the dashboard');
  expect(await asking).toMatchObject({ outcome: 'done', note: 'on the dashboard' });
  await soon(() => expect(isCalledOff).toBe(true));
});

it('asks without a link when a client of 2025-11-25 fails to show it', async () => {
  const { pool, shown, ask } = await agent(ages[0], async () => {
    throw new Error('no browser');
  });
  const asking = ask();
  await soon(() => expect(shown).toHaveLength(1));
  pool.answer('done');
  expect(await asking).toMatchObject({ outcome: 'done' });
});
