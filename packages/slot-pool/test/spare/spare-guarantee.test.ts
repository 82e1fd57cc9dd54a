import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { leakKinds, startLeakSite } from '@escarp/test-support';
import type { LeakSite, SlotPlaces } from '@escarp/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAll, plantAll } from '../reset-guarantee.js';
import type { SpareFixture } from './spare-fixture.js';
import { makeSpareFixture } from './spare-fixture.js';

const minute = 60_000;
/** In short one kind of each group, because a browser that is another one differs in all of them or in none. */
const kinds = leakKinds.filter(
  ({ group }, at) => process.env['ESCARP_LONG'] === '1' || leakKinds[at - 1]?.group !== group,
);

describe.runIf(process.platform === 'linux')(
  'after a recycle with a spare',
  { tags: ['browser'], timeout: 4 * minute },
  () => {
    let site: LeakSite;
    let fixture: SpareFixture;
    let elsewhere: string;

    beforeAll(async () => {
      site = await startLeakSite();
      fixture = await makeSpareFixture({ spec: { extraArgs: site.chromeArgs } });
      elsewhere = join(fixture.home, 'elsewhere');
      await mkdir(elsewhere);
    });
    afterAll(async () => {
      await fixture.end();
      await site.close();
    });

    const placesIn = (profile: string, tmp: string): SlotPlaces => ({
      downloads: join(profile, 'Downloads'),
      tmp: join(fixture.home, tmp),
      elsewhere,
      width: 1200,
    });

    // The reset guarantee's own test looks whether all that is planted here can be found.
    it('the next holder finds nothing of what the last one left while the spare waited', async () => {
      const { facts } = await fixture.withSpare();
      await plantAll(facts.cdpWsUrl, site, placesIn(facts.profile, 'tmp/slot-0'), { kinds });
      const { isSpare, facts: next } = await fixture.pool.reset(0, 'recycle', { deadlineMs: minute });
      expect(isSpare).toBe(true);
      const places = placesIn(next.profile, 'tmp/slot-0b');
      expect(await findAll('recycle', next.cdpWsUrl, site, places, kinds)).toEqual([]);
    });
  },
);
