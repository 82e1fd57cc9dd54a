import type { Refused } from '@escarp/lease-registry';
import type { SlotView } from '@escarp/transport';
import { describe, expect, it } from 'vitest';
import { refusalError } from '../../src/operations/refusals.js';

const cause = 'browser_launch_failed: The browser did not start.\nlibnss3.so: no such file';

/** Only what a refusal needs. */
function slot(number: number, state: SlotView['state'], more: Partial<SlotView> = {}): SlotView {
  const holder = state === 'leased' ? 'somebody' : null;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest of a view plays no part here.
  return { slot: number, state, holder, lastError: null, retryAfterS: null, ...more } as SlotView;
}

const broken = (number: number, retryAfterS = 1): SlotView =>
  slot(number, 'quarantined', { lastError: cause, retryAfterS });
const refused = (code: Refused['code']): Refused => ({ type: 'refused', code, retryAfterMs: 700 });

describe('a pool without a free slot', () => {
  it.each(['pool_exhausted', 'wait_timeout'] as const)(
    'is called broken, not busy, when every slot has failed (%s)',
    (code) => {
      const failing = slot(1, 'starting', { lastError: cause });
      const error = refusalError(refused(code), () => [broken(0), failing]);
      expect([error.code, error.status, error.exitCode]).toEqual(['no_slot_available', 503, 7]);
      expect(error.message).toContain('Slot 0 is quarantined: browser_launch_failed');
      expect(error.message).toContain('libnss3.so');
      expect(error.message).toContain('Slot 1 is being started again');
      expect(error.details).toMatchObject({
        slots: [{ slot: 0, state: 'quarantined', lastError: cause }, {}],
      });
    },
  );

  it('asks to wait until the first failed slot has been retried, but for some seconds at least', () => {
    const after = (...seconds: number[]): number | undefined =>
      refusalError(refused('pool_exhausted'), () => seconds.map((s, nth) => broken(nth, s))).retryAfterS;
    expect(after(1, 60)).toBe(5);
    expect(after(32, 16)).toBe(16);
  });

  it('is called busy and broken if it is both', () => {
    const error = refusalError(refused('pool_exhausted'), () => [slot(0, 'leased'), broken(1)]);
    expect(error.code).toBe('pool_exhausted');
    expect(error.message).toMatch(/^No slot is free: 1 is leased, 1 has failed\. Slot 1 is quarantined: /);
  });

  it.each([
    ['leased', 'Every slot is leased.'],
    ['starting', 'No slot is free: 2 are being started or reset.'],
    ['resetting', 'No slot is free: 2 are being started or reset.'],
  ] as const)('is not called leased unless it is (%s)', (state, message) => {
    const error = refusalError(refused('pool_exhausted'), () => [slot(0, state), slot(1, state)]);
    expect(error).toMatchObject({ code: 'pool_exhausted', message });
  });
});

describe('one slot that was asked for', () => {
  it.each(['resource_not_ready', 'wait_timeout'] as const)(
    'is called quarantined when it is (%s)',
    (code) => {
      const error = refusalError(refused(code), () => [slot(0, 'leased'), broken(1, 8)], 1);
      expect(error.message).toMatch(/^Slot 1 is quarantined: .* It is tried again in 8 s\.$/);
      expect(error.retryAfterS).toBe(8);
    },
  );

  it('is reported as starting when it is', () => {
    const error = refusalError(refused('resource_not_ready'), () => [slot(0, 'resetting')], 0);
    expect(error.message).toBe('Slot 0 is being reset.');
  });
});
