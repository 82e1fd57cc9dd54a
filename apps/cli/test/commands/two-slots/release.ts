import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../escarp-home.js';
import { makeWorktrees } from '../worktrees.js';

export function releaseByWorktrees(pool: () => EscarpHome): void {
  describe('two working trees of one user', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    let first: string;
    let second: string;
    beforeAll(async () => {
      home = pool();
      ({ first, second } = await makeWorktrees(join(home.path, '..')));
    });
    // Also what a test that failed has left.
    afterAll(async () => home.run(['release', '--all']));

    const acquire = (cwd: string): Promise<Json> => home.json(['acquire', '--wait', '60'], {}, cwd);
    const leasedSlots = async (): Promise<unknown[]> => {
      const { slots } = await home.status();
      return slots.filter(({ holder }) => holder !== null).map(({ slot }) => slot);
    };

    it('are distinguished by their holders', async () => {
      const [one, two] = [await acquire(first), await acquire(join(second, 'deep', 'down'))];
      expect(one['holder']).toMatch(/@shop-main$/);
      expect(two['holder']).toMatch(/@shop-fix$/);
      await home.json(['release', '--all']);
    });

    it('do not release each other’s leases with release --mine, unless everywhere is given', async () => {
      const [one, two] = [await acquire(first), await acquire(second)];
      expect((await home.json(['release', '--mine'], {}, first))['released']).toMatchObject([
        { slot: one['slot'] },
      ]);
      expect(await leasedSlots()).toEqual([two['slot']]);
      expect((await home.json(['release', '--mine', '--everywhere'], {}, first))['released']).toHaveLength(1);
      expect(await leasedSlots()).toEqual([]);
    });

    it('release without options the only lease that is theirs', async () => {
      const [one, two] = [await acquire(first), await acquire(second)];
      await home.json(['release'], {}, join(second, 'deep'));
      expect(await leasedSlots()).toEqual([one['slot']]);
      const nothing = await home.run(['release'], {}, second);
      expect(nothing).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`slot ${String(one['slot'])} (`),
      });
      expect(two['slot']).not.toBe(one['slot']);
      await home.json(['release', '--all']);
    });

    it('list their leases if there are several', async () => {
      await acquire(first);
      await acquire(first);
      const { exitCode, stderr } = await home.run(['release'], {}, first);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/slot 0 \(.*shop-main\), slot 1 \(.*shop-main\)|slot 1 .*slot 0/);
      expect(await leasedSlots()).toHaveLength(2);
      await home.json(['release', '--mine'], {}, first);
    });

    it('give back the lease that their shell exports, wherever it was acquired', async () => {
      const [one, two] = [await acquire(first), await acquire(second)];
      const shell = { ESCARP_LEASE_TOKEN: String(two['lease_token']) };
      expect((await home.json(['release'], shell, first))['released']).toMatchObject([{ slot: two['slot'] }]);
      expect(await leasedSlots()).toEqual([one['slot']]);
      // A lease that has ended already takes nothing else with it.
      await home.run(['release'], shell, first);
      expect(await leasedSlots()).toEqual([one['slot']]);
      await home.json(['release', '--all']);
    });
  });
}
