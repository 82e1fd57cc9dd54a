import type { EndReason, RefusalCode, Refused } from '@escarp/lease-registry';
import { describe, expect, it } from 'vitest';
import { refusalError } from '../../src/operations/refusals.js';

/** What each refusal becomes on the wire; a new code does not compile without an entry. */
const expected: Record<RefusalCode, [code: string, status: number]> = {
  bad_request: ['bad_request', 400],
  unknown_resource: ['unknown_slot', 404],
  unknown_lease: ['unknown_lease', 404],
  unknown_handoff: ['unknown_handoff', 404],
  lease_ended: ['lease_ended', 410],
  pool_exhausted: ['pool_exhausted', 409],
  resource_leased: ['slot_leased', 409],
  resource_not_ready: ['slot_not_ready', 409],
  resource_not_leased: ['unknown_lease', 404],
  resource_already_added: ['slot_already_in_pool', 409],
  quota_exceeded: ['quota_exceeded', 409],
  too_many_waiting: ['too_many_waiting', 503],
  wait_timeout: ['wait_timeout', 409],
  wait_cancelled: ['wait_timeout', 409],
  request_conflict: ['request_conflict', 409],
  handoff_not_for_you: ['handoff_not_for_you', 409],
  unknown_asset: ['login_unknown', 404],
  asset_busy: ['login_in_use', 409],
  asset_in_use: ['login_in_use', 409],
  too_many_assets: ['quota_exceeded', 409],
  version_conflict: ['request_conflict', 409],
  approval_required: ['approval_required', 409],
  approval_denied: ['approval_denied', 409],
  approval_timeout: ['approval_timeout', 409],
  unknown_approval: ['unknown_approval', 404],
  unknown_ask: ['unknown_ask', 404],
  human_in_control: ['human_in_control', 409],
};

const refused = (code: RefusalCode, more: Partial<Refused> = {}): Refused => ({
  type: 'refused',
  code,
  ...more,
});
const noSlots = () => [];
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record of these codes.
const codes = Object.keys(expected) as RefusalCode[];

describe('a refusal of the registry', () => {
  it.each(codes)('%s has its place in the contract, a sentence and a next step', (code) => {
    const error = refusalError(refused(code), noSlots);
    expect([error.code, error.status]).toEqual(expected[code]);
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    expect(error.hint).not.toBe('');
  });

  it('because no slot is available contains the pool, the queue, an estimate and what to do next', () => {
    const full = refused('pool_exhausted', { retryAfterMs: 1_200, queueLength: 2 });
    const error = refusalError(full, noSlots);
    expect(error.retryAfterS).toBe(2);
    expect(error.refusal).toMatchObject({ snapshot: [], queueLength: 2 });
    expect(error.refusal.nextActions?.length).toBeGreaterThan(0);
  });

  it('has no estimate if nothing becomes free by itself', () => {
    const error = refusalError(refused('pool_exhausted', { retryAfterMs: Infinity }), noSlots);
    expect(error.retryAfterS).toBeUndefined();
  });

  it.each<EndReason>([
    'released',
    'expired',
    'revoked',
    'retracted',
    'handed_over',
    'resource_lost',
    'unprepared',
  ])('to the holder of a lease that ended (%s) says how and when', (how) => {
    const error = refusalError(refused('lease_ended', { ended: { how, endedAt: 1_500 } }), noSlots);
    expect(error.details).toEqual({ how, endedAt: 1.5 });
    expect(error.message).toContain('1970-01-01T00:00:01.500Z');
  });

  it('because of a quota says whose quota', () => {
    const error = refusalError(refused('quota_exceeded', { subject: 'tenant' }), noSlots);
    expect(error.details).toEqual({ quota: 'tenant' });
  });
});
