import { beforeAll, describe, expect, it } from 'vitest';
import { asAgreed } from '../as-agreed.js';
import { everyFieldIsInEveryAnswer } from '../contract-fields.js';
import { windowDocument } from '../documents.js';
import type { EscarpHome } from '../escarp-home.js';

export function slotWithoutWindow(pool: () => EscarpHome): void {
  describe('a slot without a window', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    beforeAll(() => void (home = pool()));

    it.each([
      ['focus', '0'],
      ['screenshot', '0'],
      ['window', '0', '--verify-key'],
    ])('ends %s with code 4, and says that it is headless and what to do', async (...command) => {
      const { exitCode, stderr } = await home.run(command);
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 4,
        stderr: expect.stringContaining('is headless'),
      });
      expect(stderr).toContain('--displays');
      expect(stderr).not.toContain('DISPLAY');
      expect(await home.run([command[0] ?? '', '7'])).toMatchObject({ exitCode: 1 });
    });

    it('says in window what is known, and that its browser is alive', async () => {
      const window = await home.json(['window', '0']);
      expect(await asAgreed(windowDocument, window)).toEqual(window);
      const { slots } = await home.status();
      expect(window).toMatchObject({
        os_window_id: null,
        owner_pid: slots[0]?.['pid'],
        display: null,
        wm_class: null,
        verified_alive: true,
        note: expect.stringContaining('headless'),
      });
    });

    it('is not leased to a holder who wants its window in front', async () => {
      const refused = await home.run(['acquire', '--holder', 'front', '--focus']);
      expect(refused).toMatchObject({ exitCode: 4, stdout: '' });
      expect(refused.stderr).toContain('nothing was leased');
      expect(refused.stderr).toContain('--displays');
      const { slots } = await home.status();
      expect(slots).toMatchObject([{ state: 'free', holder: null }]);
    });

    it('is recognised by doctor, which is quick', async () => {
      const { level, findings } = await home.json(['doctor']);
      expect(level).not.toBe('problem');
      expect(findings).toEqual(
        expect.arrayContaining([expect.objectContaining({ what: expect.any(String) })]),
      );
    });

    everyFieldIsInEveryAnswer(() => home);
  });
}
