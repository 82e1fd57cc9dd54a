import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lease } from '../src/index.js';
import { LeaseTable } from '../src/lease-table.js';
import { Edit } from '../src/versioned.js';

/** A version and, built anew each time, the plain leases that say what is in it. */
interface Version {
  readonly table: LeaseTable;
  readonly plain: readonly Lease[];
}

function lease(key: number, fence: number, deadlineMs: number): Lease {
  return {
    id: `l${fence}`,
    key: `k${key}`,
    tokenDigest: `t${fence}`,
    scope: { holder: 'h' },
    attributes: {},
    fence,
    ttlMs: 100,
    acquiredAt: 0,
    renewedAt: 0,
    expiresAt: deadlineMs,
    deadlineMs,
    graced: fence % 2 === 0,
    offer: undefined,
  };
}

function offered(one: Lease, deadlineMs: number): Lease {
  return { ...one, offer: { to: 'x', codeDigest: `c${one.fence}`, expiresAt: deadlineMs, deadlineMs } };
}

function renewed(one: Lease, nowMs: number): Lease {
  const deadlineMs = Math.max(one.deadlineMs, nowMs + one.ttlMs);
  return { ...one, deadlineMs, renewedAt: 1_000 + nowMs, expiresAt: 1_000 + deadlineMs, graced: false };
}

function due(one: Lease): number {
  return Math.min(one.deadlineMs, one.offer?.deadlineMs ?? Infinity);
}

function expectSame({ table, plain }: Version): void {
  const listed = plain.toSorted((a, b) => a.fence - b.fence);
  expect(table.size).toBe(plain.length);
  expect(table.values()).toEqual(listed);
  expect(table.min).toBe(Math.min(Infinity, ...plain.map(due)));
  for (const one of plain) {
    expect(table.get(one.key)).toEqual(one);
    expect(table.at(table.rowOf(one.tokenDigest)!)).toEqual(one);
    expect(table.mayReach(due(one))).toBe(true);
    expect(table.upTo(due(one))).toEqual(listed.filter((other) => due(other) <= due(one)));
  }
  expect(table.has('not there')).toBe(false);
  expect(table.rowOf('not there')).toBeUndefined();
}

const update = fc.record({
  does: fc.constantFrom('grant', 'grant', 'renew', 'renew', 'end', 'offer'),
  key: fc.nat(12),
  ms: fc.nat(500),
});
const change = fc.record({
  /** Which of the versions made so far it starts from; mostly the newest. */
  back: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
  updates: fc.array(update, { minLength: 1, maxLength: 6 }),
});

describe('a table of leases', () => {
  it('says what a plain list says, in every version, whichever of them was changed since', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        let fence = 0;
        const versions: Version[] = [{ table: LeaseTable.empty(), plain: [] }];
        for (const { back, updates } of changes) {
          const edit = new Edit();
          let { table, plain } = versions[Math.max(0, versions.length - 1 - back)]!;
          for (const { does, key, ms } of updates) {
            const there = plain.find((one) => one.key === `k${key}`);
            const others = plain.filter((one) => one !== there);
            if (there === undefined) {
              if (does !== 'grant') continue;
              const granted = lease(key, (fence += 1), ms);
              table = table.set(granted, edit);
              plain = [...others, granted];
            } else if (does === 'renew') {
              const row = table.rowOf(there.tokenDigest)!;
              table = table.renew(row, { monotonicMs: ms, wallMs: 1_000 + ms }, edit);
              plain = [...others, renewed(there, ms)];
            } else if (does === 'end') {
              table = table.delete(there.key, edit);
              plain = others;
            } else {
              const now = offered(there, ms);
              table = table.set(now, edit);
              plain = [...others, now];
            }
          }
          versions.push({ table, plain });
        }
        for (const version of versions) expectSame(version);
        expect(versions[0]!.table.size).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps what was handed out as it was', () => {
    const before = LeaseTable.empty().set(lease(1, 1, 50), new Edit());
    const held = before.get('k1')!;
    const after = before.renew(0, { monotonicMs: 10, wallMs: 1_010 }, new Edit());
    expect(after.get('k1')?.deadlineMs).toBe(110);
    expect(held.deadlineMs).toBe(50);
    expect(before.get('k1')).toEqual(held);
  });

  it('finds an early version again after very many changes', () => {
    let version: Version = { table: LeaseTable.empty(), plain: [] };
    const versions = [version];
    for (let fence = 1; fence <= 20; fence++) {
      const granted = lease(fence, fence, fence);
      version = { table: version.table.set(granted, new Edit()), plain: [...version.plain, granted] };
      versions.push(version);
    }
    let { table } = version;
    for (let ms = 0; ms < 5_000; ms++) {
      table = table.renew(ms % 20, { monotonicMs: ms, wallMs: 1_000 + ms }, new Edit());
    }
    for (const each of versions) expectSame(each);
    expect(table.min).toBe(4_980 + 100);
  });
});
