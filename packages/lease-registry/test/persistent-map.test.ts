import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PersistentMap } from '../src/persistent-map.js';
import { Edit } from '../src/versioned.js';

const empty = () => PersistentMap.empty<number>({ measure: (value) => value, rank: (value) => value });

/** A version and, built anew each time, the plain map that says what is in it. */
interface Version {
  readonly map: PersistentMap<number>;
  readonly plain: ReadonlyMap<string, number>;
}

function expectSame({ map, plain }: Version): void {
  const values = [...plain.values()].toSorted((a, b) => a - b);
  expect(map.size).toBe(plain.size);
  expect(map.values()).toEqual(values);
  expect(map.min).toBe(values[0] ?? Infinity);
  expect(map.least() ?? Infinity).toBe(Number.isFinite(map.min) ? map.min : Infinity);
  expect(new Map(map.entries())).toEqual(plain);
  for (const [key, value] of plain) expect(map.get(key)).toBe(value);
  expect(map.has('not there')).toBe(false);
  const finite = values.filter(Number.isFinite);
  const middle = finite[finite.length >> 1] ?? 0;
  expect(map.upTo(middle)).toEqual(finite.filter((value) => value <= middle));
  for (const limit of finite) expect(map.mayReach(limit)).toBe(true);
}

const change = fc.record({
  /** Which of the versions made so far it starts from; mostly the newest. */
  back: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
  /** Several updates under one edit. */
  updates: fc.array(
    fc.record({
      key: fc.nat(40).map(String),
      value: fc.option(fc.oneof(fc.nat(1_000), fc.constant(Infinity)), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

describe('a persistent map', () => {
  it('says what a plain map says, in every version, whichever of them was changed since', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const versions: Version[] = [{ map: empty(), plain: new Map() }];
        for (const { back, updates } of changes) {
          const from = versions[Math.max(0, versions.length - 1 - back)]!;
          versions.push(updated(from, updates));
        }
        for (const version of versions) expectSame(version);
        expect(versions[0]!.map.size).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('holds and gives back many', () => {
    let version: Version = { map: empty(), plain: new Map() };
    const keys = Array.from({ length: 1_000 }, (_, at) => ({ key: `k${at}`, value: (at * 7919) % 1_001 }));
    version = updated(version, keys);
    expectSame(version);
    const before = version;
    expect(version.map.size).toBe(1_000);
    for (const { key } of keys.slice(0, 990)) version = updated(version, [{ key, value: undefined }]);
    expectSame(version);
    expectSame(before);
  });

  it('keeps every version apart, however many came after it', () => {
    let version: Version = { map: empty(), plain: new Map() };
    const versions = [version];
    for (let at = 0; at < 900; at++) {
      const value = at % 3 === 2 ? undefined : at;
      version = updated(version, [{ key: `k${(at * 7) % 20}`, value }]);
      versions.push(version);
    }
    for (const each of versions) {
      expect(each.map.size).toBe(each.plain.size);
      for (const [key, value] of each.plain) expect(each.map.get(key)).toBe(value);
    }
  });

  it('is the same version when nothing was there to delete', () => {
    const map = empty();
    expect(map.delete('x', new Edit())).toBe(map);
  });

  it('writes one version under one edit', () => {
    const edit = new Edit();
    const first = empty().set('a', 1, edit);
    expect(first.set('b', 2, edit)).toBe(first);
    expect(first.set('b', 2, new Edit())).not.toBe(first);
  });

  it('lists by key what has no rank', () => {
    const edit = new Edit();
    const map = PersistentMap.empty<number>().set('b', 1, edit).set('a', 2, edit);
    expect(map.entries()).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(map.min).toBe(Infinity);
  });
});

function updated(
  { map, plain }: Version,
  updates: readonly { key: string; value: number | undefined }[],
): Version {
  const edit = new Edit();
  const copy = new Map(plain);
  let next = map;
  for (const { key, value } of updates) {
    next = value === undefined ? next.delete(key, edit) : next.set(key, value, edit);
    if (value === undefined) copy.delete(key);
    else copy.set(key, value);
    if (next.size !== copy.size || next.min !== Math.min(Infinity, ...copy.values()))
      expectSame({ map: next, plain: copy });
  }
  return { map: next, plain: copy };
}
