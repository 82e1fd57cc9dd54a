import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';
import { clientOf } from './start-test-daemon.js';
import { errorOf } from './until.js';

describe('the daemon over HTTP', () => {
  let daemon: InstantDaemon;

  beforeEach(async () => {
    daemon = await InstantDaemon.start(2);
  });
  afterEach(() => daemon.remove());

  it('events are streamed from a revision on, and on from the last that was seen', async () => {
    const { leaseToken } = await daemon.client.acquire({ holder: 'a' });
    const first = await readEvents('/events?from=1', {}, (ids) => ids.includes(revision()));
    expect(first.ids).toEqual(Array.from({ length: revision() }, (_, at) => at + 1));
    await daemon.client.release({ leaseToken });
    const last = String(first.ids.at(-1));
    const more = await readEvents('/events', { 'last-event-id': last }, (ids) => ids.includes(revision()));
    expect(more.ids[0]).toBe(Number(last) + 1);
    expect(first.text + more.text).not.toContain(leaseToken);
  });

  it('events are streamed from the first on when they are asked for from 0', async () => {
    const { ids, text } = await readEvents('/events?from=0', {}, (seen) => seen.includes(revision()));
    expect(ids[0]).toBe(1);
    expect(text).not.toContain('gone');
  });

  it('a client that comes back for a revision that is gone is told so', async () => {
    const { journal } = daemon.running.broker;
    const gone = { ...journal, oldestRevision: () => 50 };
    Object.assign(daemon.running.broker, { journal: gone });
    const { text } = await readEvents('/events?from=7', {}, (_, seen) => seen.includes('gone'));
    expect(text).toContain('event: gone\ndata: {"oldest_revision":50}');
  });

  it.each([
    ['/acquire', '{"holder": ', 400, 'bad_json'],
    ['/acquire', {}, 400, 'missing_holder'],
    ['/acquire', { holder: 7 }, 400, 'bad_request'],
    ['/acquire', { holder: 'a', slot: 'one' }, 400, 'bad_request'],
    ['/acquire', { holder: 'a', slot: 9 }, 404, 'unknown_slot'],
    ['/acquire', { holder: 'a', wait_s: -1 }, 400, 'bad_request'],
    ['/acquire', { holder: 'a', handoff: 'no such code' }, 404, 'unknown_handoff'],
    ['/heartbeat', {}, 400, 'missing_lease_token'],
    ['/heartbeat', { lease_token: 'nobody’s' }, 404, 'unknown_lease'],
    ['/release', { lease_token: 'nobody’s' }, 404, 'unknown_lease'],
    ['/revoke', {}, 400, 'missing_slot'],
    ['/revoke', { slot: 9 }, 404, 'unknown_slot'],
    ['/pool/add', { slot: 0 }, 409, 'slot_already_in_pool'],
    ['/pool/remove', { slot: 9 }, 404, 'unknown_slot'],
    ['/nowhere', {}, 404, 'unknown_route'],
  ])('%s with %j is refused with %i %s, one sentence and a next step', async (path, body, status, code) => {
    const response = await daemon.post(path, body);
    const answer = await response.json();
    expect([response.status, answer.error]).toEqual([status, code]);
    expect(answer.message).toMatch(/^[A-Z][^\n]*\.$/);
    expect(answer.hint).toMatch(/\.$/);
    expect(JSON.stringify(answer)).not.toMatch(/\bat .*\.[jt]s:/);
    expect(daemon.state.leases.size + daemon.state.waiters.size).toBe(0);
    expect([...daemon.state.resources.values()].map(({ state }) => state)).toEqual(['free', 'free']);
  });

  it('a busy slot and a full pool have codes of their own', async () => {
    await daemon.client.acquire({ holder: 'a', slot: 0 });
    expect(await errorOf(daemon.client.acquire({ holder: 'b', slot: 0 }))).toMatchObject({
      code: 'slot_leased',
      retryAfterS: expect.any(Number),
    });
    expect(await errorOf(daemon.client.poolRemove({ slot: 0 }))).toMatchObject({ code: 'slot_leased' });
  });

  it('a daemon that is gone is said to be unreachable', async () => {
    const { url } = daemon.running;
    await daemon.running.close();
    expect(await errorOf(clientOf(url).status())).toMatchObject({ code: 'daemon_unreachable' });
  });

  const revision = (): number => daemon.state.revision;

  async function readEvents(
    path: string,
    headers: Record<string, string>,
    enough: (ids: number[], text: string) => boolean,
  ) {
    const response = await fetch(daemon.running.url + path, { headers });
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
      if (enough(ids, text)) {
        return { ids, text };
      }
    }
    throw new Error('The stream ended.');
  }
});
