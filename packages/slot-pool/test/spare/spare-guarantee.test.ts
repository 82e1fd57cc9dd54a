import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { joinSlot, leakKinds, startLeakSite } from '@escarp/test-support';
import type { Holder, LeakSite } from '@escarp/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SlotFacts } from '../../src/index.js';
import type { SpareFixture } from './spare-fixture.js';
import { makeSpareFixture } from './spare-fixture.js';

const minute = 60_000;
/** What is planted is there, so waiting for it costs nothing. */
const plantingMs = 30_000;
/** All of it is gone, and each kind that shows itself by something that happens is waited for this long. */
const findingMs = 2_000;

describe.runIf(process.platform === 'linux')(
  'after a recycle with a spare',
  { tags: ['browser'], timeout: 4 * minute },
  () => {
    let site: LeakSite;
    let fixture: SpareFixture;

    beforeAll(async () => {
      site = await startLeakSite();
      fixture = await makeSpareFixture({ spec: { extraArgs: site.chromeArgs } });
      await mkdir(elsewhere());
    });
    afterAll(async () => {
      await fixture.end();
      await site.close();
    });

    const elsewhere = (): string => join(fixture.home, 'elsewhere');

    function holderOf({ profile, cdpWsUrl }: SlotFacts, tmp: string, patienceMs: number): Promise<Holder> {
      const places = {
        downloads: join(profile, 'Downloads'),
        tmp: join(fixture.home, tmp),
        elsewhere: elsewhere(),
        width: 1200,
      };
      return joinSlot(cdpWsUrl, site, places, patienceMs);
    }

    // The reset guarantee's own test looks whether all that is planted here can be found.
    it('the next holder finds nothing of what the last one left while the spare waited', async () => {
      const { facts } = await fixture.withSpare();
      const last = await holderOf(facts, 'tmp/slot-0', plantingMs);
      for (const kind of leakKinds) await kind.plant(last);
      await last.browser.close();
      const report = await fixture.pool.reset(0, 'recycle', { deadlineMs: minute });
      expect(report.isSpare).toBe(true);
      const next = await holderOf(report.facts, 'tmp/slot-0b', findingMs);
      const found: string[] = [];
      for (const kind of leakKinds) if (await kind.find(next)) found.push(kind.name);
      await next.browser.close();
      expect(found).toEqual([]);
    });
  },
);
