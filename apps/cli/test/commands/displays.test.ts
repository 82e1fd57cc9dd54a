import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asAgreed } from './as-agreed.js';
import { everyFieldIsInEveryAnswer } from './contract-fields.js';
import { windowDocument } from './documents.js';
import type { EscarpHome, Json } from './escarp-home.js';
import { keepsBrowsers, makeEscarpHome, untilPrinted } from './escarp-home.js';

describe('slots on displays of their own', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeAll(async () => {
    // As on a server that nobody sits at.
    home = await makeEscarpHome(2, { ...keepsBrowsers, DISPLAY: '', WAYLAND_DISPLAY: '' });
    const { exitCode, stderr } = await home.run(['up', '--displays']);
    if (exitCode !== 0) throw new Error(stderr);
  });
  afterAll(() => home.remove());

  it('say which window is theirs', async () => {
    const windows = await Promise.all(['0', '1'].map((slot) => home.json(['window', slot])));
    for (const [slot, window] of windows.entries()) {
      expect(await asAgreed(windowDocument, window)).toEqual(window);
      expect(window).toMatchObject({
        os_window_id: expect.any(Number),
        wm_class: `escarp-slot${slot}`,
        display: expect.stringMatching(/^:\d+/),
      });
    }
    expect(windows[0]?.['display']).not.toBe(windows[1]?.['display']);
  });

  it('come to the front, also for a lease that was just acquired', async () => {
    expect(await home.json(['focus', '0'])).toMatchObject({ os_window_id: expect.any(Number) });
    expect(await home.run(['window', '0', '--verify-key'])).toMatchObject({ exitCode: 0 });
    const lease = await home.json(['acquire', '--holder', 'front', '--slot', '1', '--focus']);
    expect(lease).toMatchObject({ slot: 1 });
    const { stdout } = await home.run(['window', '1', '--verify-key']);
    expect(stdout).toMatch(/^focused +true$/m);
    await home.run(['release', '--mine']);
  });

  it('are saved as pictures', async () => {
    const path = join(home.path, 'shot.png');
    const shot: Json = await home.json(['screenshot', '0', '--out', path]);
    expect(shot).toMatchObject({ path, width: expect.any(Number), height: expect.any(Number) });
    const png = await readFile(path);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([shot['width'], shot['height']]);
    expect(await home.run(['screenshot', '0', '--out', '/nowhere/x.png'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('/nowhere/x.png'),
    });
  });

  it('are used by login, and given back when it is interrupted', async () => {
    const running = home.start(['login', 'shop', '--url', 'http://127.0.0.1:9/']);
    await untilPrinted(running, 'stderr', /display :\d+/);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ exitCode: 130 });
    const free = { state: 'free', headless: false, display: expect.any(String) };
    expect(await home.json(['status'])).toMatchObject({ slots: [free, free] });
  });

  everyFieldIsInEveryAnswer(() => home);
});

/** The second is another word for the first, and tried in long form. */
const selftests = [['selftest', 'identity'], ...(process.env['ESCARP_LONG'] === '1' ? [['selftest']] : [])];

describe('selftest identity', { tags: ['browser'] }, () => {
  it.each(selftests.map((words) => [words]))(
    '%j tries it live and leaves nothing',
    async (args) => {
      const home = await makeEscarpHome(1);
      try {
        const { stdout, exitCode } = await home.run([...args, '--json']);
        const { checks } = JSON.parse(stdout) as { checks: { ok: boolean; name: string }[] };
        expect(checks).not.toEqual([]);
        expect(checks.filter(({ ok }) => !ok)).toEqual([]);
        expect(exitCode).toBe(0);
      } finally {
        await home.remove();
      }
    },
    120_000,
  );
});
