import { leakKinds, startLeakSite } from '@escarp/test-support';
import type { LeakSite, SlotPlaces } from '@escarp/test-support';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResetPolicy, SlotSpec } from '../src/index.js';
import { findXvnc, startDisplay } from './display.js';
import type { Display } from './display.js';
import { makePoolFixture } from './pool-fixture.js';
import type { PoolFixture } from './pool-fixture.js';
import { columns, findAll, plantAll, resetGuaranteePage, search } from './reset-guarantee.js';
import type { Column, Leaks } from './reset-guarantee.js';

const page = new URL('../../../docs/reset-guarantee.md', import.meta.url);
const recycles = process.env['ESCARP_LONG'] === '1' ? 100 : 2;
const minute = 60_000;
const xvnc = await findXvnc();
const allNames = leakKinds.map(({ name }) => name);

// Two slots on sites of their own, because a site counts its visits.
describe('what the next holder finds', { tags: ['browser'], timeout: 6 * minute }, () => {
  const stays: Stay[] = [];
  const leaks = new Map<Column, readonly string[]>();
  let display: Display | undefined;

  beforeAll(async () => {
    if (xvnc !== undefined) display = await startDisplay(xvnc);
  }, minute);
  afterAll(async () => {
    await Promise.all(stays.map((stay) => stay.end()));
    await display?.end();
  }, minute);

  async function begin(spec: Partial<SlotSpec> = {}): Promise<Stay> {
    const stay = await Stay.begin(spec);
    stays.push(stay);
    return stay;
  }

  it.concurrent(
    'after a reset in place is on the published page, and before it is all there is',
    async () => {
      const stay = await begin();
      // Without this the page could claim to clear what was never there.
      expect(await stay.plantAndSearch()).toEqual(allNames);
      expect(allNames.length).toBeGreaterThanOrEqual(40);
      leaks.set('tabs', await stay.findAfter('tabs'));
      await stay.startAnew();
      await stay.plant();
      leaks.set('storage', await stay.findAfter('storage'));
    },
  );

  it.concurrent(
    `is nothing, on every one of ${recycles} recycles`,
    async () => {
      const stay = await begin();
      for (let cycle = 0; cycle < recycles; cycle += 1) {
        await stay.plant();
        const found = await stay.findAfter('recycle');
        leaks.set('recycle', found);
        expect(found).toEqual([]);
        await stay.startAnew();
      }
    },
    recycles * 4 * minute,
  );

  it.skipIf(xvnc === undefined)(
    'after a reset by storage of a browser on a display is on the page',
    async () => {
      const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', DISPLAY: display?.name ?? '' };
      const stay = await begin({ headless: false, env });
      expect(await stay.plantAndSearch()).toEqual(allNames);
      leaks.set('storage, headed', await stay.findAfter('storage'));
    },
  );

  it.skipIf(xvnc === undefined)('is what the published page says', async () => {
    const measured = resetGuaranteePage(allOf(leaks), await readFile(page, 'utf8'));
    if (process.env['ESCARP_WRITE_DOCS'] === '1') await writeFile(page, measured);
    expect(await readFile(page, 'utf8')).toBe(measured);
  });
});

/** One slot that holders come to and leave, and the site that they visit. */
class Stay {
  readonly #site: LeakSite;
  readonly #fixture: PoolFixture;
  readonly #slot: SlotPlaces;

  private constructor(site: LeakSite, fixture: PoolFixture, slot: SlotPlaces) {
    this.#site = site;
    this.#fixture = fixture;
    this.#slot = slot;
  }

  static async begin(spec: Partial<SlotSpec>): Promise<Stay> {
    const site = await startLeakSite();
    const fixture = await makePoolFixture({ spec: { extraArgs: site.chromeArgs, ...spec } });
    const { home, pool } = fixture;
    const { profile } = await pool.launch(0);
    const elsewhere = `${home}/elsewhere`;
    await mkdir(elsewhere);
    const slot = { downloads: `${profile}/Downloads`, tmp: `${home}/tmp/slot-0`, elsewhere, width: 1200 };
    return new Stay(site, fixture, slot);
  }

  plant(): Promise<void> {
    return plantAll(this.#wsUrl(), this.#site, this.#slot);
  }

  async plantAndSearch(): Promise<string[]> {
    let found: string[] = [];
    await plantAll(this.#wsUrl(), this.#site, this.#slot, async (holder) => {
      found = await search(holder);
    });
    return found;
  }

  async findAfter(policy: ResetPolicy): Promise<string[]> {
    const report = await this.#fixture.pool.reset(0, policy, { deadlineMs: minute });
    // The findings would be those of a recycle.
    if (report.policy !== policy) throw new Error(`The reset escalated: ${report.reason?.message}`);
    return findAll(this.#wsUrl(), this.#site, this.#slot);
  }

  /** Searching leaves things behind too. */
  async startAnew(): Promise<void> {
    await this.#fixture.pool.reset(0, 'recycle', { deadlineMs: minute });
  }

  async end(): Promise<void> {
    await this.#fixture.end();
    await this.#site.close();
  }

  #wsUrl(): string {
    return this.#fixture.pool.facts(0)?.cdpWsUrl ?? '';
  }
}

function allOf(leaks: ReadonlyMap<Column, readonly string[]>): Leaks {
  const of = (column: Column): readonly string[] => {
    const found = leaks.get(column);
    if (found === undefined) throw new Error(`Nothing was measured for ${column}.`);
    return found;
  };
  const [tabs, storage, headed, recycle] = columns.map(of);
  return {
    tabs: tabs ?? [],
    storage: storage ?? [],
    'storage, headed': headed ?? [],
    recycle: recycle ?? [],
  };
}
