import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../../src/escarp-home.js';
import { McpSession, stdioTransport } from '../../src/mcp-session.js';
import { PaintedPage } from '../src/painted-page.js';
import { ScreenControl } from '../src/screen-control.js';
import { upOnDisplays } from '../src/up-on-displays.js';

// Each takes a new browser and a new display. `packages/os-identity` tries it 40 times on browsers that stay.
const acquires = process.env['ESCARP_LONG'] === '1' ? 200 : 2;
const colours = ['#c02040', '#2040c0'];
/** In the page, below all that the browser draws around it. */
const inPage = { x: 700, y: 600 };

describe('slots on displays of their own', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: EscarpHome;
  let first: Json;
  const leases = new Set<string>();
  const pages: PaintedPage[] = [];

  beforeAll(async () => {
    home = await makeEscarpHome(2, keepsBrowsers);
    await upOnDisplays(home);
    first = await acquire(0);
  }, 120_000);

  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()));
    for (const token of leases) await home.post('/release', { lease_token: token });
    leases.clear();
  });

  afterAll(async () => home.remove(), 120_000);

  async function acquire(slot: number): Promise<Json> {
    const lease = await acquireSlot(home, slot);
    leases.add(String(lease['lease_token']));
    return lease;
  }

  async function painted(): Promise<{ leases: Json[]; pages: PaintedPage[] }> {
    const both = [await acquire(0), await acquire(1)];
    for (const [slot, lease] of both.entries())
      pages.push(await PaintedPage.open(lease, colours[slot] ?? ''));
    return { leases: both, pages };
  }

  it('are leased with their windows up, also the moment the pool is', async () => {
    expect(first).toMatchObject({
      os_window_id: expect.any(Number) as unknown,
      owner_pid: first['pid'],
      bounds: { x: 0, y: 0 },
      calibration_note: expect.stringContaining('the only window') as unknown,
    });
  });

  it('show their own colour in a screenshot, and the browser around it', async () => {
    const { pages: both } = await painted();
    for (const [slot, page] of both.entries()) {
      const file = join(home.path, `slot-${slot}.png`);
      const { exitCode, stdout } = await home.escarp('screenshot', String(slot), '--out', file, '--json');
      const answer: Json = JSON.parse(stdout);
      expect({ ...answer, exitCode }).toMatchObject({ exitCode: 0, region: 'screen' });
      expect(await page.colourAt(file, inPage.x, inPage.y)).toBe(colours[slot]);
      expect(await page.colourAt(file, inPage.x, 20)).not.toBe(colours[slot]);
    }
  });

  it('get a click by XTEST on the leased slot, and no other does', async () => {
    const { leases: both, pages: all } = await painted();
    const [, control] = both.map((lease) => new ScreenControl(home, lease));
    expect(await control?.click(inPage.x, inPage.y)).toEqual(inPage);
    await all[1]?.clicked();
    expect(await Promise.all(all.map((page) => page.clicks()))).toEqual([[], [inPage]]);
  });

  it('are driven at the same moment, each with a pointer of its own', async () => {
    const { leases: both, pages: all } = await painted();
    const places = [
      { x: 300, y: 500 },
      { x: 900, y: 700 },
    ];
    const controls = both.map((lease) => new ScreenControl(home, lease));
    expect(
      await Promise.all(
        controls.map((control, slot) => control.click(places[slot]?.x ?? 0, places[slot]?.y ?? 0)),
      ),
    ).toEqual(places);
    await Promise.all(all.map((page) => page.clicked()));
    expect(await Promise.all(all.map((page) => page.clicks()))).toEqual(places.map((place) => [place]));
  });

  it('have the keyboard when nothing is on top, and are not said to when something is', async () => {
    const control = new ScreenControl(home, await acquire(0));
    expect((await home.escarp('focus', '0')).exitCode).toBe(0);
    expect((await home.escarp('window', '0', '--verify-key')).exitCode).toBe(0);
    const stranger = await control.cover();
    const covered = await home.escarp('window', '0', '--verify-key', '--json');
    const answer: Json = JSON.parse(covered.stdout);
    expect({ ...answer, exitCode: covered.exitCode }).toMatchObject({
      exitCode: 4,
      focused: false,
    });
    stranger.child.stdin.end();
    await stranger.ended;
    // The display takes a program's window away when it finds that the program has ended.
    const isVerified = async (): Promise<boolean> =>
      (await home.escarp('window', '0', '--verify-key')).exitCode === 0;
    await expect.poll(isVerified, { interval: 250 }).toBe(true);
  });

  it('say in lease, status, prompt and MCP answer how to address them', async () => {
    const lease = await acquire(1);
    const address = {
      display: expect.stringMatching(/^:\d+$/) as unknown,
      display_authority: join(home.path, 'run', 'display-1.xauth'),
      wm_class: 'escarp-slot1',
      os_window_id: expect.any(Number) as unknown,
    };
    expect(lease).toMatchObject(address);
    // Whoever opens the display can act on the slot, so that nobody but its holder is told how.
    const shown = { ...address, display_authority: null, owner_pid: lease['pid'] };
    expect((await home.status()).slots[1]).toMatchObject(shown);
    const { stdout } = await home.escarp('acquire', '--holder', 'prompted', '--slot', '0', '--prompt');
    const prompted = (await home.status()).slots[0];
    expect(stdout).toContain(
      `DISPLAY=${String(prompted?.['display'])} XAUTHORITY=${join(home.path, 'run', 'display-0.xauth')}`,
    );
    expect(stdout).toContain(`window ${String(prompted?.['os_window_id'])}`);
    await home.escarp('release', '--slot', '0');
    await home.post('/release', { lease_token: lease['lease_token'] });
    const session = await McpSession.connect(stdioTransport(home, ['escarp', 'mcp']));
    const { structured } = await session.call('escarp_acquire', { slot: 1, wait_s: 60 });
    expect(structured).toMatchObject(address);
    expect((await session.call('escarp_status')).structured['slots']).toMatchObject([
      { wm_class: 'escarp-slot0' },
      address,
    ]);
    await session.call('escarp_release');
    await session.close();
  });
});

describe(
  'slots whose displays are made anew for each holder',
  { tags: ['browser'], timeout: 120_000 },
  () => {
    let home: EscarpHome;

    beforeAll(async () => {
      home = await makeEscarpHome(2);
      await upOnDisplays(home);
    }, 120_000);
    afterAll(async () => home.remove(), 120_000);

    it(
      `resolve ${acquires} of ${acquires} random acquires to the right window and pid`,
      async () => {
        for (let round = 0; round < acquires; round += 1) {
          const lease = await acquireSlot(home, Math.floor(Math.random() * 2));
          const slot = Number(lease['slot']);
          const { pid, classes } = await new ScreenControl(home, lease).ownerOf(
            Number(lease['os_window_id']),
          );
          expect({ slot, pid, classes }).toEqual({
            slot,
            pid: lease['owner_pid'],
            classes: [expect.any(String), `escarp-slot${slot}`],
          });
          const commandLine = await readFile(`/proc/${Number(pid)}/cmdline`, 'utf8');
          expect(commandLine).toContain(`--remote-debugging-port=${Number(lease['cdp_port'])}`);
          await home.post('/release', { lease_token: lease['lease_token'] });
        }
      },
      acquires * 10_000,
    );
  },
);

async function acquireSlot(home: EscarpHome, slot: number): Promise<Json> {
  const { status, body } = await home.post('/acquire', { holder: 'identity', slot });
  expect(status).toBe(200);
  return body;
}
