import { describe, expect, it, vi } from 'vitest';
import { MemoryBroker } from './memory-broker.js';
import { session } from './session.js';

const question = { reason: 'a captcha', instructions: 'solve it', timeout_s: 60 };

describe('escarp_ask_human', () => {
  it('waits for a person, tells that it does, and answers what they said and what to do next', async () => {
    const { pool, client, call } = await session();
    await call('escarp_acquire');
    const told: unknown[] = [];
    const asking = client.callTool(
      { name: 'escarp_ask_human', arguments: question },
      { onprogress: (progress) => told.push(progress.message) },
    );
    await vi.waitFor(() => expect(told).toContain('Waiting for a person to answer.'), 20_000);
    expect(pool.questions).toEqual(['a captcha']);
    pool.answer('done', 'solved');
    expect((await asking).structuredContent).toEqual({
      outcome: 'done',
      note: 'solved',
      next: expect.stringContaining('Look at the page again'),
    });
  });

  it.each(['declined', 'timed_out'] as const)('says of %s that it is no consent', async (outcome) => {
    const { pool, call } = await session();
    await call('escarp_acquire');
    const asking = call('escarp_ask_human', question);
    await vi.waitFor(() => expect(pool.questions).toHaveLength(1), 20_000);
    pool.answer(outcome);
    const { structuredContent, isError } = await asking;
    expect(isError).toBeUndefined();
    expect(structuredContent).toMatchObject({
      outcome,
      next: expect.stringContaining('Do not do what you asked'),
    });
  });

  it('needs a lease, and says which one if there are several', async () => {
    const { call } = await session(new MemoryBroker(2));
    expect((await call('escarp_ask_human', question)).structuredContent).toMatchObject({
      error: 'which_lease',
    });
    await call('escarp_acquire');
    await call('escarp_acquire');
    expect((await call('escarp_ask_human', question)).structuredContent).toMatchObject({
      error: 'which_lease',
    });
    expect((await call('escarp_ask_human', {})).structuredContent).toMatchObject({ error: 'bad_request' });
  });
});
