import { beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import type { PageSite } from '../../src/page-site.js';
import type { PoolAndSite } from '../../src/pool-and-site.js';
import { startSlotsScript } from '../../src/slots-script.js';

export function scriptsWithSlots(pool: () => PoolAndSite): void {
  describe('withSlot', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    let site: PageSite;
    let project: string;
    beforeAll(async () => {
      ({ home, site } = pool());
      project = await home.addProject('scripts', ['@escarp/playwright-test']);
    });
    const start = async (name: string, text: string) => startSlotsScript(home, site, name, text, project);

    it('gives each call a fresh context on a leased slot, and what the call returns back', async () => {
      const program = await start(
        'twice',
        `for (const user of ['first', 'second']) {
          const seen = await withSlot({ holder: 'a script', slot: 1 }, async ({ page, context, lease }) => {
            await page.goto(process.env.SITE);
            const before = await page.evaluate(() => document.cookie);
            await page.evaluate((user) => { document.cookie = 'user=' + user; }, user);
            return { before, holder: lease.holder, slot: lease.slot, isContext: page.context() === context };
          });
          console.log(JSON.stringify(seen));
        }`,
      );
      const { exitCode, stdout } = await program.ended;
      const seen = { before: '', holder: 'a script', slot: 1, isContext: true };
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${JSON.stringify(seen)}\n`.repeat(2) });
      expect(await home.leased()).toEqual([]);
    });

    it('releases the slot when the call throws, and throws the same', async () => {
      const journal = await home.journal();
      const program = await start(
        'throws',
        `await withSlot({}, async () => { throw new Error('of the script'); }).catch((error) => console.log(error.message));`,
      );
      expect(await program.ended).toMatchObject({ exitCode: 0, stdout: 'of the script\n' });
      await journal.until({ type: 'lease-ended', how: 'released' });
    });

    it('rejects when the lease is lost', async () => {
      const program = await start(
        'lost',
        `await withSlot({ holder: 'loser' }, async ({ page }) => {
          console.log('ready');
          await page.waitForEvent('popup', { timeout: 0 });
        }).catch(({ code }) => console.log(code));`,
      );
      await program.until(/ready/);
      const [slot] = await home.leased();
      await home.post('/revoke', { slot });
      expect((await program.ended).stdout).toBe('ready\nlease_ended\n');
    });
  });
}
