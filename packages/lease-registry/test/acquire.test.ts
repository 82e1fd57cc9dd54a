import { describe, expect, it } from 'vitest';
import { leaseIn, outcomeOf, Stage } from './stage.js';

describe('acquire', () => {
  it('grants the free resource that was added first', () => {
    const stage = new Stage().free('b', 'a');
    expect(stage.hold('ann').key).toBe('b');
    expect(stage.hold('ben').key).toBe('a');
  });

  it('grants under a fence no one has had before', () => {
    const stage = new Stage().free('a');
    const first = stage.hold('ann');
    stage.release(first);
    stage.reset('a');
    expect(stage.hold('ben').fence).toBeGreaterThan(first.fence);
  });

  it('gives the TTL that was asked for, up to the limit, and its own when none was', () => {
    const stage = new Stage({ ttlMs: 5_000, ttlMaxMs: 9_000 }).free('a', 'b', 'c');
    expect(stage.hold('ann').deadlineMs).toBe(stage.monotonicMs + 5_000);
    expect(stage.hold('ben', { ttlMs: 7_000 }).expiresAt).toBe(stage.wallMs + 7_000);
    expect(stage.hold('cat', { ttlMs: 1e9 }).ttlMs).toBe(9_000);
  });

  it('keeps what the holder asked to have kept', () => {
    const stage = new Stage().free('a');
    expect(stage.hold('ann', { attributes: { port: 3000 } }).attributes).toEqual({ port: 3000 });
  });

  it('refuses at once when every resource is leased and no wait was asked for', () => {
    const stage = new Stage({ ttlMs: 5_000 }).free('a');
    stage.hold('ann');
    stage.pass(1_000);
    const { waitMs: _, ...hasty } = stage.ask('ben');
    expect(stage.run(hasty)).toEqual({
      type: 'refused',
      code: 'pool_exhausted',
      queueLength: 0,
      estimateMs: 5_000,
      retryAfterMs: 4_000,
    });
  });

  it('does not take the end of an offer for that of a lease when it says when to ask again', () => {
    const stage = new Stage({ ttlMs: 5_000 }).free('a');
    stage.offer(stage.hold('ann'), 'ben', { ttlMs: 1_000 });
    expect(stage.acquire('cat')).toMatchObject({ code: 'pool_exhausted', retryAfterMs: 5_000 });
  });

  it('says when the resource that was asked for by key may be free', () => {
    const stage = new Stage({ ttlMs: 5_000, resetMs: 3_000 }).free('a', 'b');
    stage.hold('ann', { ttlMs: 1_000 });
    const ben = stage.hold('ben');
    expect(stage.acquire('cat', { selector: { key: 'b' } })).toMatchObject({
      code: 'resource_leased',
      retryAfterMs: 5_000,
    });
    stage.release(ben);
    expect(stage.acquire('cat', { selector: { key: 'b' } })).toMatchObject({
      code: 'resource_not_ready',
      retryAfterMs: 3_000,
    });
  });

  it('says when a resource with the labels that were asked for may be free', () => {
    const stage = new Stage({ ttlMs: 5_000 }).free('a');
    stage.hold('ann', { ttlMs: 1_000 });
    stage.add('b', { os: 'ios' });
    stage.ready('b');
    stage.hold('ben');
    expect(stage.acquire('cat', { selector: { labels: { os: 'ios' } } })).toMatchObject({
      retryAfterMs: 5_000,
    });
  });

  it('waits briefly for a resource on its way to free when no wait was named', () => {
    const stage = new Stage({ briefWaitMs: 2_000 });
    stage.add('a');
    const { waitMs: _, ...hasty } = stage.ask('ann');
    expect(stage.run(hasty)).toMatchObject({ type: 'queued', position: 1 });
    expect(stage.wakeInMs).toBe(2_000);
  });

  it('does not wait for a resource on its way that cannot serve the caller, or that is leaving', () => {
    const stage = new Stage().free('a', 'b');
    const ann = stage.hold('ann');
    stage.hold('ben');
    stage.run({ type: 'drain', key: 'a' });
    stage.release(ann);
    const { waitMs: _, ...hasty } = stage.ask('cat');
    expect(outcomeOf(stage.run(hasty))).toBe('pool_exhausted');
    stage.add('c');
    const { waitMs: __, ...forB } = stage.ask('cat', { selector: { key: 'b' } });
    expect(outcomeOf(stage.run(forB))).toBe('resource_leased');
  });

  it('never waits when told so', () => {
    const stage = new Stage();
    stage.add('a');
    expect(outcomeOf(stage.acquire('ann', { waitMs: 0 }))).toBe('pool_exhausted');
  });

  it.each([
    ['a request without an id', { requestId: '' }, 'request_id'],
    ['no holder', {}, 'holder'],
    ['a TTL of nothing', { ttlMs: 0 }, 'ttl'],
    ['a TTL that is no number', { ttlMs: Number.NaN }, 'ttl'],
    ['a negative wait', { waitMs: -1 }, 'wait'],
    ['a wait that is no number', { waitMs: Number.NaN }, 'wait'],
  ])('refuses %s and remembers nothing of it', (_, few, subject) => {
    const stage = new Stage().free('a');
    const before = stage.state.revision;
    const holder = subject === 'holder' ? '' : 'ann';
    expect(stage.acquire(holder, few)).toEqual({ type: 'refused', code: 'bad_request', subject });
    expect(stage.state.revision).toBe(before);
  });

  it('checks what is malformed, then unknown, then over quota, then busy', () => {
    const stage = new Stage({ perHolder: 1 }).free('a');
    stage.hold('ann');
    expect(outcomeOf(stage.acquire('ann', { selector: { key: 'x' }, ttlMs: -1 }))).toBe('bad_request');
    expect(outcomeOf(stage.acquire('ann', { selector: { key: 'x' } }))).toBe('unknown_resource');
    expect(outcomeOf(stage.acquire('ann', { selector: { key: 'a' } }))).toBe('quota_exceeded');
    expect(outcomeOf(stage.acquire('ben', { selector: { key: 'a' } }))).toBe('resource_leased');
  });

  it('says nothing of others in a refusal', () => {
    const stage = new Stage().free('a');
    const ann = stage.hold('ann');
    const told = JSON.stringify(stage.acquire('ben'));
    for (const secret of [ann.id, ann.tokenDigest]) expect(told).not.toContain(secret);
  });

  it('gives the same answer when the same request comes again', () => {
    const stage = new Stage().free('a');
    const command = stage.ask('ann');
    const first = stage.run(command);
    expect(stage.run({ ...command, leaseId: 'other', tokenDigest: 'other' })).toEqual(first);
    expect(stage.state.leases.size).toBe(1);
    expect(leaseIn(first).id).toBe(command.leaseId);
  });
});
