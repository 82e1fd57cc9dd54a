import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startLeakSite } from '@escarp/test-support';
import type { LeakSite } from '@escarp/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAll, plantAll } from '../reset-guarantee.js';
import type { SpareFixture } from './spare-fixture.js';
import { makeSpareFixture } from './spare-fixture.js';

const minute = 60_000;

describe.runIf(process.platform === 'linux')(
  'after a recycle with a spare',
  { tags: ['browser'], timeout: 4 * minute },
  () => {
    let site: LeakSite;
    let fixture: SpareFixture;

    beforeAll(async () => {
      site = await startLeakSite();
      fixture = await makeSpareFixture({ spec: { extraArgs: site.chromeArgs } });
    });
    afterAll(async () => {
      await fixture.end();
      await site.close();
    });

    // The reset guarantee's own test looks whether all that is planted here can be found.
    it('the next holder finds nothing of what the last one left while the spare waited', async () => {
      const { home, pool } = fixture;
      const { facts } = await fixture.withSpare();
      const elsewhere = join(home, 'elsewhere');
      await mkdir(elsewhere);
      const places = { elsewhere, width: 1200 };
      const before = {
        ...places,
        downloads: join(facts.profile, 'Downloads'),
        tmp: join(home, 'tmp/slot-0'),
      };
      await plantAll(facts.cdpWsUrl, site, before);
      const report = await pool.reset(0, 'recycle', { deadlineMs: minute });
      expect(report.isSpare).toBe(true);
      const { profile, cdpWsUrl } = report.facts;
      const after = { ...places, downloads: join(profile, 'Downloads'), tmp: join(home, 'tmp/slot-0b') };
      expect(await findAll(cdpWsUrl, site, after)).toEqual([]);
    });
  },
);
