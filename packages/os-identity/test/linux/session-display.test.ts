import { describe, expect, test } from 'vitest';
import { createIdentityDriver } from '../../src/index.js';
import { openSlotHome, ports, screen } from '../linux-fixture.js';

const driverIn = (session: {
  display: string | null;
  authorityPath: string | null;
  waylandDisplay: string | null;
}) =>
  createIdentityDriver(
    'linux',
    { home: '/nonexistent', displays: false, cuaApps: false, screen, session },
    ports,
  );

describe('slots on the session’s own display', () => {
  test('cannot run without one, and the way out is named', async () => {
    const driver = driverIn({ display: null, authorityPath: null, waylandDisplay: null });
    await expect(driver.prepare(0, '/bin/true', 'clean')).rejects.toMatchObject({
      code: 'display_missing',
      hint: expect.stringContaining('--displays'),
    });
    expect(await driver.doctor()).toMatchObject([{ code: 'display_missing', severity: 'error' }]);
  });

  test('say that a Wayland session without XWayland cannot serve them', async () => {
    const driver = driverIn({ display: null, authorityPath: null, waylandDisplay: 'wayland-0' });
    expect((await driver.doctor())[0]?.message).toContain('Wayland');
  });

  test('say what is wrong when nothing answers there', async () => {
    const driver = driverIn({ display: ':4711', authorityPath: null, waylandDisplay: null });
    expect(await driver.doctor()).toMatchObject([{ code: 'display_unreachable' }]);
    const identity = await driver.identify(0, { pid: 1, headless: false, cdp: null });
    expect(identity).toMatchObject({ display: ':4711', live: { failure: { code: 'display_unreachable' } } });
  });

  test('say that they go through XWayland', { tags: ['browser'] }, async () => {
    const slots = await openSlotHome();
    try {
      const { address, authorityPath } = await slots.xTarget(0);
      const driver = driverIn({ display: address.display, authorityPath, waylandDisplay: 'wayland-0' });
      expect(await driver.doctor()).toMatchObject([{ code: 'wayland_session', severity: 'warning' }]);
      const { environment, arguments: added } = await driver.prepare(0, '/bin/true', 'clean');
      expect(environment).toEqual({
        DISPLAY: address.display,
        XAUTHORITY: authorityPath,
        WAYLAND_DISPLAY: null,
      });
      expect(added).toEqual(['--class=escarp-slot0', '--ozone-platform=x11']);
    } finally {
      await slots.close();
    }
  });
});
