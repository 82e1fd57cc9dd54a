import type { Change, Lease } from '@escarp/lease-registry';
import { describe, expect, it } from 'vitest';
import { publicEvent } from '../../src/index.js';

const lease = {
  id: 'SECRET lease id',
  key: 'slot-0',
  tokenDigest: 'SECRET digest',
  scope: { holder: 'ada', tenant: 'team' },
  attributes: { devPort: 3000 },
  fence: 7,
  ttlMs: 60_000,
  acquiredAt: 1,
  renewedAt: 2,
  expiresAt: 3,
};
const request = { requestId: 'SECRET request id', request: { tokenDigest: 'SECRET digest' } };
const people = { claims: [], preparing: false, control: undefined, asks: [] };
const live: Lease = { ...lease, deadlineMs: 0, graced: false, offer: undefined, ...people };
const of = { key: 'slot-0', fence: 7 };
const waiter = {
  ...request,
  leaseId: 'SECRET lease id',
  tokenDigest: 'SECRET digest',
  scope: { holder: 'bob' },
  selector: { key: 'slot-0' },
  attributes: {},
  ttlMs: 1,
  queuedAt: 1,
  waitTimeoutMs: 1,
  arrival: 1,
};
const trouble = { key: 'slot-0', failures: 1, error: 'it died', retryInMs: 5 };

/** One example of each type; a new type does not compile without one. */
const changes: { [T in Change['type']]: Extract<Change, { type: T }> } = {
  'resource-added': {
    type: 'resource-added',
    key: 'slot-0',
    labels: {},
    attributes: {},
    order: 1,
    fence: 1,
  },
  'resource-starting': { type: 'resource-starting', key: 'slot-0', fence: 2, failures: 0 },
  'resource-free': { type: 'resource-free', key: 'slot-0', note: 'storage became recycle' },
  'resource-lost': { type: 'resource-lost', ...trouble },
  'resource-restarted': { type: 'resource-restarted', key: 'slot-0' },
  'resource-quarantined': { type: 'resource-quarantined', ...trouble },
  'resource-draining': { type: 'resource-draining', key: 'slot-0' },
  'resource-removed': { type: 'resource-removed', key: 'slot-0' },
  'lease-granted': { type: 'lease-granted', lease },
  'lease-ended': {
    type: 'lease-ended',
    key: 'slot-0',
    fence: 7,
    holder: 'ada',
    how: 'expired',
    renewedAt: 2,
    resetFence: 8,
  },
  'lease-handed-over': { type: 'lease-handed-over', from: 7, renewedAt: 2, lease },
  'offer-made': {
    type: 'offer-made',
    key: 'slot-0',
    offer: { to: 'bob', codeDigest: 'SECRET digest', expiresAt: 9, ttlMs: 1 },
  },
  'offer-ended': { type: 'offer-ended', key: 'slot-0', how: 'expired' },
  'waiter-queued': { type: 'waiter-queued', waiter },
  'waiter-left': { type: 'waiter-left', requestId: 'SECRET request id', how: 'granted' },
  'request-answered': { type: 'request-answered', ...request, reply: { type: 'granted', lease: live } },
  'answer-forgotten': { type: 'answer-forgotten', requestId: 'SECRET request id' },
  'lease-ttl-set': { type: 'lease-ttl-set', ...of, ttlMs: 1 },
  'lease-prepared': { type: 'lease-prepared', ...of },
  'asset-set': { type: 'asset-set', asset: { name: 'shop', capacity: 1, approval: true, version: 2 } },
  'asset-removed': { type: 'asset-removed', name: 'shop' },
  'approval-decided': {
    type: 'approval-decided',
    id: '12',
    requestId: 'SECRET request id',
    isApproved: false,
    by: 'pat',
    note: 'SECRET between the two',
  },
  'control-taken': {
    type: 'control-taken',
    ...of,
    control: { by: 'human', who: 'pat', reason: 'captcha', since: 1, expiresAt: 2 },
  },
  'control-returned': {
    type: 'control-returned',
    ...of,
    control: { by: 'agent', who: 'pat', outcome: 'done', note: 'look again', since: 1 },
  },
  'ask-made': {
    type: 'ask-made',
    ...of,
    timeoutMs: 1,
    ask: { id: '13', reason: 'captcha', instructions: 'SECRET between the two', askedAt: 1, expiresAt: 2 },
  },
  'ask-answered': {
    type: 'ask-answered',
    ...of,
    id: '13',
    answer: { outcome: 'done', who: 'pat', note: 'SECRET between the two', at: 3 },
  },
  'clock-gap': { type: 'clock-gap', lateMs: 1_500 },
};

describe('an event as everyone may see it', () => {
  it.each(Object.values(changes))('has no secret in $type', (change) => {
    const text = JSON.stringify(publicEvent({ revision: 3, at: 1_000, change }));
    expect(text).not.toContain('SECRET');
    expect(text).toContain(change.type);
  });

  it('says who got what, and when', () => {
    const change = changes['lease-granted'];
    expect(publicEvent({ revision: 3, at: 1_500, change })).toMatchObject({
      revision: 3,
      at: 1.5,
      event: { type: 'lease-granted', lease: { key: 'slot-0', scope: { holder: 'ada' }, fence: 7 } },
    });
  });
});
