import type { Change, RegistryEvent } from '@escarp/lease-registry';
import { expect, it } from 'vitest';
import { leaseHistory } from './lease-history.js';

const key = 'slot-0';
const free: Change = { type: 'resource-free', key };

function history(...changes: Change[]) {
  return leaseHistory(changes.map((change, at): RegistryEvent => ({ revision: at + 1, at: 0, change })));
}

function granted(fence: number): Change {
  const scope = { holder: 'a' };
  const times = { ttlMs: 1, acquiredAt: 0, renewedAt: 0, expiresAt: 1 };
  const lease = { id: 'l', key, tokenDigest: 'd', scope, attributes: {}, fence, ...times };
  return { type: 'lease-granted', lease };
}

function ended(fence: number): Change {
  return {
    type: 'lease-ended',
    key,
    fence,
    holder: 'a',
    how: 'released',
    renewedAt: 0,
    resetFence: fence + 1,
  };
}

it('with everything in order has nothing doubled and nothing unclean', () => {
  expect(history(free, granted(1), ended(1), free, granted(3))).toEqual({
    granted: 2,
    ended: 1,
    doubled: 0,
    unclean: 0,
  });
});

it('in which a slot is granted twice is doubled', () => {
  expect(history(free, granted(1), free, granted(3))).toMatchObject({ doubled: 1 });
});

it('in which a fence does not rise is doubled', () => {
  expect(history(free, granted(3), ended(3), free, granted(3))).toMatchObject({ doubled: 1 });
});

it('in which a slot is granted without having become free is unclean', () => {
  expect(history(free, granted(1), ended(1), granted(3))).toMatchObject({ unclean: 1 });
});

it('may begin with the end of an earlier lease, and any other end counts', () => {
  expect(history(ended(1), free, granted(3), ended(3))).toMatchObject({ granted: 1, ended: 1 });
  expect(history(free, ended(1))).toMatchObject({ granted: 0, ended: 1 });
  expect(history(granted(1), ended(1), ended(1))).toMatchObject({ granted: 1, ended: 2 });
});
