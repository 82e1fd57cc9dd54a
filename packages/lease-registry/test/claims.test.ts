import { describe, expect, it } from 'vitest';
import type { ClaimMode, Reply } from '../src/index.js';
import { snapshotOf, recover, unfinished } from '../src/index.js';
import { outcomeOf, Stage } from './stage.js';

const on = (name: string, mode: ClaimMode = 'shared') => ({ claims: [{ name, mode }] });

/** Five free resources, and an asset with room for two. */
function roomForTwo(): Stage {
  const stage = new Stage().free('a', 'b', 'c', 'd', 'e');
  stage.asset('key', { capacity: 2, version: 7 });
  return stage;
}

function released(stage: Stage, key: string): void {
  stage.release(stage.state.leases.get(key)!);
  stage.reset(key);
}

describe('a claim', () => {
  it('is granted in one step with the resource, and the lease has the version of that moment', () => {
    const stage = roomForTwo();
    expect(stage.hold('ann', on('key')).claims).toEqual([{ name: 'key', mode: 'shared', version: 7 }]);
    stage.asset('key', { capacity: 2, version: 8 });
    expect(stage.hold('ben', on('key')).claims[0]?.version).toBe(8);
    expect(stage.state.leases.get('a')?.claims[0]?.version).toBe(7);
  });

  it.each<[held: ClaimMode, wanted: ClaimMode, outcome: string]>([
    ['shared', 'shared', 'granted'],
    ['shared', 'update', 'granted'],
    ['shared', 'exclusive', 'asset_busy'],
    ['update', 'shared', 'granted'],
    ['update', 'update', 'asset_busy'],
    ['update', 'exclusive', 'asset_busy'],
    ['exclusive', 'shared', 'asset_busy'],
    ['exclusive', 'update', 'asset_busy'],
    ['exclusive', 'exclusive', 'asset_busy'],
  ])('beside one that is %s and asks to be %s is %s', (held, wanted, outcome) => {
    const stage = roomForTwo();
    stage.hold('ann', on('key', held));
    expect(outcomeOf(stage.acquire('ben', on('key', wanted)))).toBe(outcome);
  });

  it('is refused when there is no room, and says when there may be', () => {
    const stage = roomForTwo();
    stage.hold('ann', on('key'));
    stage.hold('ben', { ...on('key'), ttlMs: 5_000 });
    const full = stage.acquire('cat', on('key'));
    expect(full).toMatchObject({ code: 'asset_busy', retryAfterMs: 5_000, queueLength: 0 });
  });

  it('of an asset that does not exist is refused, and not taken for a busy one', () => {
    const reply = roomForTwo().acquire('ann', on('kex'));
    expect(reply).toMatchObject({ code: 'unknown_asset', subject: 'kex' });
  });

  it('that becomes free is granted with the first free resource, and not with the one that held it', () => {
    const stage = new Stage().free('a', 'b');
    stage.asset('lock');
    const first = stage.hold('ann');
    stage.hold('ben', on('lock', 'exclusive'));
    stage.acquire('cat', { ...on('lock'), waitMs: 60_000 });
    stage.release(first);
    stage.reset('a');
    released(stage, 'b');
    expect(stage.holders).toEqual({ a: 'cat' });
  });

  it('takes all or nothing', () => {
    const stage = roomForTwo();
    stage.asset('lock');
    stage.hold('ann', on('lock'));
    const both = [...on('key').claims, ...on('lock').claims];
    expect(outcomeOf(stage.acquire('ben', { claims: both }))).toBe('asset_busy');
    expect(stage.state.resources.get('b')?.claims).toEqual([]);
  });

  it.each<[what: string, claims: unknown]>([
    ['the same asset twice', [...on('key').claims, ...on('key', 'update').claims]],
    ['a mode that there is not', [{ name: 'key', mode: 'toString' }]],
    ['more assets than allowed', Array.from({ length: 9 }, (_, at) => ({ name: `k${at}`, mode: 'shared' }))],
  ])('for %s is malformed', (_, claims) => {
    const reply = roomForTwo().acquire('ann', { claims: claims as [] });
    expect(reply).toMatchObject({ code: 'bad_request', subject: 'claims' });
  });

  it('is a part of what makes two requests the same', () => {
    const stage = roomForTwo();
    const command = stage.ask('ann', on('key'));
    const granted = stage.run(command);
    expect(stage.run(command)).toEqual(granted);
    expect(outcomeOf(stage.run({ ...command, ...on('key', 'update') }))).toBe('request_conflict');
  });
});

describe('the end of a claim', () => {
  const ends: [how: string, end: (stage: Stage) => Reply][] = [
    ['release', (stage) => stage.release(stage.state.leases.get('a')!)],
    ['revoke', (stage) => stage.run({ type: 'revoke', key: 'a' })],
    ['expiry', (stage) => stage.pass(60_000).run({ type: 'tick' })],
  ];
  it.each(ends)('by %s comes with the end of the reset, and not before', (_, end) => {
    const stage = roomForTwo();
    stage.hold('ann', on('key', 'exclusive'));
    const ben = stage.wait('ben', { ...on('key'), waitMs: 100_000 });
    end(stage);
    expect(stage.effects).toMatchObject([
      { type: 'reset', claims: [{ name: 'key' }], ended: { how: expect.anything() } },
    ]);
    expect(stage.settled).toEqual([]);
    stage.reset('a');
    expect(stage.settled).toEqual([`${ben} granted`]);
  });

  it('comes also when the reset fails, when the resource leaves, and when it is lost for good', () => {
    for (const end of ['reset-failed', 'removed', 'lost'] as const) {
      const stage = new Stage({ failuresMax: 1 }).free('a', 'b');
      stage.asset('key');
      const ann = stage.hold('ann', on('key'));
      const ben = stage.wait('ben', on('key'));
      if (end === 'reset-failed') stage.release(ann);
      const at = { key: 'a', fence: stage.fenceOf('a'), error: 'no' };
      stage.run(end === 'removed' ? { type: 'removed', key: 'a' } : { type: end, ...at });
      expect(stage.settled).toEqual([`${ben} granted`]);
    }
  });

  it('does not come with a handoff', () => {
    const stage = roomForTwo();
    const ann = stage.hold('ann', on('key', 'exclusive'));
    stage.offer(ann, 'ben');
    expect(stage.accept('ben')).toMatchObject({
      lease: { claims: [{ name: 'key', mode: 'exclusive', version: 7 }] },
    });
    expect(outcomeOf(stage.acquire('cat', on('key')))).toBe('asset_busy');
  });

  it('does not come with a crash, whether the resource is leased or being reset', () => {
    const stage = roomForTwo();
    stage.hold('ann', on('key', 'exclusive'));
    stage.restart();
    expect(outcomeOf(stage.acquire('ben', on('key')))).toBe('asset_busy');
    stage.release(stage.state.leases.get('a')!);
    stage.restart();
    expect(outcomeOf(stage.acquire('ben', on('key')))).toBe('asset_busy');
    // What was there to be taken over from the resource is not taken any more.
    expect(unfinished(stage.state)).toEqual([
      {
        type: 'reset',
        key: 'a',
        fence: stage.fenceOf('a'),
        claims: [{ name: 'key', mode: 'exclusive', version: 7 }],
      },
    ]);
    stage.reset('a');
    expect(outcomeOf(stage.acquire('ben', on('key')))).toBe('granted');
  });
});

describe('the queue for assets', () => {
  it('holds nobody up who claims another asset or none', () => {
    const stage = roomForTwo();
    stage.asset('lock');
    stage.hold('ann', on('key', 'exclusive'));
    stage.wait('ben', on('key'));
    expect(outcomeOf(stage.acquire('cat'))).toBe('granted');
    expect(outcomeOf(stage.acquire('dan', on('lock')))).toBe('granted');
  });

  it('is first come, first served: an exclusive claim is not starved by shared ones that would fit', () => {
    const stage = roomForTwo();
    stage.hold('ann', on('key'));
    const ben = stage.wait('ben', on('key', 'exclusive'));
    const cat = stage.wait('cat', on('key'));
    expect(outcomeOf(stage.acquire('dan', on('key')))).toBe('asset_busy');
    released(stage, 'a');
    expect(stage.settled).toEqual([`${ben} granted`]);
    released(stage, 'a');
    expect(stage.settled).toEqual([`${cat} granted`]);
  });

  it('keeps room for who came first and waits for its resource', () => {
    const stage = roomForTwo();
    stage.hold('ann', { selector: { key: 'e' } });
    const ben = stage.wait('ben', { ...on('key', 'exclusive'), selector: { key: 'e' } });
    const cat = stage.wait('cat', on('key'));
    released(stage, 'e');
    expect(stage.settled).toEqual([`${ben} granted`]);
    released(stage, 'e');
    expect(stage.settled).toEqual([`${cat} granted`]);
  });

  it('lets the next have what somebody who gave up had kept', () => {
    const stage = roomForTwo();
    stage.hold('ann', on('key'));
    const ben = stage.wait('ben', { ...on('key', 'exclusive'), waitMs: 1_000 });
    const cat = stage.wait('cat', { ...on('key'), waitMs: 9_000 });
    stage.pass(1_000).run({ type: 'tick' });
    expect(stage.settled).toEqual([`${ben} wait_timeout`, `${cat} granted`]);
  });

  it('serves all whom a larger capacity has room for', () => {
    const stage = roomForTwo();
    stage.hold('ann', on('key', 'update'));
    stage.hold('ben', on('key'));
    const waiting = ['cat', 'dan', 'eve'].map((name) => stage.wait(name, on('key')));
    stage.asset('key', { capacity: 4, version: 7 });
    expect(stage.settled).toEqual(waiting.slice(0, 2).map((id) => `${id} granted`));
  });

  it('keeps an absent caller’s place without holding anybody up', () => {
    const stage = roomForTwo();
    stage.hold('ann', on('key', 'exclusive'));
    const asked = stage.ask('ben', { ...on('key', 'exclusive'), waitMs: 50_000 });
    stage.run(asked);
    stage.restart();
    released(stage, 'a');
    const cat = stage.hold('cat', on('key'));
    stage.run(asked);
    stage.release(cat);
    stage.reset(cat.key);
    expect(stage.settled).toEqual([`${asked.requestId} granted`]);
  });
});

describe('an asset', () => {
  it('is changed by compare and swap', () => {
    const stage = new Stage();
    expect(outcomeOf(stage.asset('key', { ifVersion: 1 }))).toBe('version_conflict');
    expect(outcomeOf(stage.asset('key', { ifVersion: 0 }))).toBe('done');
    expect(outcomeOf(stage.asset('key', { ifVersion: 0 }))).toBe('version_conflict');
    expect(outcomeOf(stage.asset('key', { version: 2, ifVersion: 1 }))).toBe('done');
    expect(outcomeOf(stage.asset('key', { version: 2, ifVersion: 1 }))).toBe('version_conflict');
  });

  it('is not removed while it is claimed; those who wait for it learn that it is gone', () => {
    const stage = roomForTwo();
    stage.asset('lock');
    stage.hold('ann', on('key'));
    expect(outcomeOf(stage.run({ type: 'asset-removed', name: 'key' }))).toBe('asset_in_use');
    const ben = stage.wait('ben', { claims: [...on('key', 'exclusive').claims, ...on('lock').claims] });
    expect(outcomeOf(stage.run({ type: 'asset-removed', name: 'lock' }))).toBe('done');
    expect(stage.settled).toEqual([`${ben} unknown_asset`]);
    expect(outcomeOf(stage.run({ type: 'asset-removed', name: 'lock' }))).toBe('unknown_asset');
  });

  it('survives a restart, by events and by a snapshot', () => {
    const stage = roomForTwo();
    const before = [...stage.state.assets.values()];
    const again = recover(
      stage.state.limits,
      JSON.parse(JSON.stringify(snapshotOf(stage.state))),
      [],
      stage.now,
    );
    expect([...again.assets.values()]).toEqual(before);
    expect([...stage.restart().state.assets.values()]).toEqual(before);
  });

  it.each([{ capacity: 0 }, { capacity: 1.5 }, { version: 0 }])('with %j is malformed', (few) => {
    expect(new Stage().asset('key', few)).toMatchObject({
      code: 'bad_request',
      subject: Object.keys(few)[0],
    });
  });

  it('is one of a bounded number', () => {
    const stage = new Stage({ assetsMax: 1 });
    stage.asset('key');
    expect(outcomeOf(stage.asset('lock'))).toBe('too_many_assets');
    expect(outcomeOf(stage.asset('key', { capacity: 3 }))).toBe('done');
  });
});
