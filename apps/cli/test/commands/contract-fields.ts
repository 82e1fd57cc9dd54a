import { describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from './escarp-home.js';

// The outward contract's own lists. A field that scripts may rely on is in the answer even if it is null.
const words = (list: string): string[] => list.split(/[\s,]+/).filter((word) => word !== '');
const slotFields = words(`
  slot, state, tier, holder, dev_port, cdp_port, cdp_ws_url, pid, acquired_at, expires_at, last_heartbeat,
  suspected_stale, available_after_s, retry_after_s, os_window_id, owner_pid, bounds, cdp_window_id, cdp_target_id,
  calibration_note, cua_app_bundle_id, cua_app_name, cua_app_path, fence, reset_policy, ports, display, wm_class,
  headless, relaunched_at, memory_bytes, uptime_s, last_error`);
const leaseFields = [...slotFields, ...words('lease_token, lease_id, cdp_http_url, heartbeat_interval_s')];
const statusFields = words(
  'pool_size, lease_ttl_s, reaper_interval_s, slots, queue_length, version, revision',
);
const windowFields = words(
  'os_window_id, owner_pid, app, cua_app, bounds, cdp_port, cdp_window_id, cdp_target_id, verified_alive, note',
);
const portFields = words('frontend, backend, postgres, cdp');

/** Of a pool whose slot 0 is free before and after. */
export function everyFieldIsInEveryAnswer(home: () => EscarpHome): void {
  describe('every field of the contract is in every answer', () => {
    it('by the command line: status, window, acquire and release', async () => {
      const status = await home().json(['status']);
      expectFields(status, statusFields);
      const [slot] = status['slots'] as Json[];
      expectFields(slot, slotFields);
      expectFields(slot?.['ports'], portFields);
      const lease = await home().json(['acquire', '--holder', 'contract', '--slot', '0', '--wait', '60']);
      expectFields(lease, leaseFields);
      const window = await home().json(['window', '0']);
      expectFields(window, windowFields);
      expect(window).toMatchObject({
        owner_pid: lease['pid'],
        cdp_port: lease['cdp_port'],
        cdp_target_id: lease['cdp_target_id'],
        cdp_window_id: lease['cdp_window_id'],
        verified_alive: true,
        app: expect.stringMatching(/./),
        note: expect.stringMatching(/./),
      });
      const { released } = await home().json(['release', '--slot', '0']);
      expectFields((released as Json[])[0], slotFields);
    });

    it('by window as text, under the same names', async () => {
      const { stdout, exitCode } = await home().run(['window', '0']);
      expect(exitCode).toBe(0);
      expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(
        expect.arrayContaining(windowFields),
      );
    });

    it('by HTTP: status, acquire, heartbeat and release', async () => {
      const status = await home().status();
      expectFields(status, statusFields);
      expectFields(status.slots[0], slotFields);
      const lease = await home().post('/acquire', { holder: 'contract', wait_s: 60 });
      expectFields(lease, leaseFields);
      const { lease_token } = lease;
      expectFields(await home().post('/heartbeat', { lease_token }), leaseFields);
      const released = await home().post('/release', { lease_token });
      expectFields(released, slotFields);
      expect(released).not.toHaveProperty('lease_token');
    });
  });
}

/** Checks that all are there, and nothing at any depth is in camel case. */
function expectFields(document: unknown, fields: readonly string[]): void {
  expect(Object.keys(document as Json)).toEqual(expect.arrayContaining([...fields]));
  expect(namesIn(document).filter((name) => name !== name.toLowerCase())).toEqual([]);
}

/** Every key, and every name in a list of names, which a script may mistake for a key. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => (typeof one === 'string' ? [one] : namesIn(one)));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}
