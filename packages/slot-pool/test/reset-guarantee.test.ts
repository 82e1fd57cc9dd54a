import { leakKinds, startLeakSite } from '@escarp/test-support';
import type { Holder, LeakKind, LeakSite, SlotPlaces } from '@escarp/test-support';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResetPolicy, SlotSpec } from '../src/index.js';
import { findXvnc, startDisplay } from './display.js';
import type { Display } from './display.js';
import { makePoolFixture } from './pool-fixture.js';
import type { PoolFixture } from './pool-fixture.js';
import { mayStay, promisedBy, statesOf } from './leak-states.js';
import {
  columnNames,
  columns,
  findAll,
  plantAll,
  publishedIn,
  resetGuaranteePage,
  search,
} from './reset-guarantee.js';
import type { Column } from './reset-guarantee.js';

const page = new URL('../../../docs/reset-guarantee.md', import.meta.url);
const isLong = process.env['ESCARP_LONG'] === '1';
const isWriting = process.env['ESCARP_WRITE_DOCS'] === '1';
const isThorough = isLong || isWriting;
const recycles = isLong ? 100 : 1;
const minute = 60_000;
const xvnc = await findXvnc();
const hasWindows = xvnc !== undefined && isThorough;
const measuredNames = columnNames.filter(
  (name) => columns[name].isShort || (isThorough && (!columns[name].hasWindow || hasWindows)),
);
const allNames = leakKinds.map(({ name }) => name);
/** In short not what `storage` leaves: that is found after it, and so was there. */
const searchedBefore = isThorough ? leakKinds : leakKinds.filter((kind) => !mayStay(kind, 'storage'));

// Each slot is on a site of its own, because a site counts its visits.
describe('what the next holder finds', { tags: ['browser'], timeout: 8 * minute }, () => {
  let display: Promise<Display> | undefined;

  afterAll(async () => (await display)?.end(), minute);

  // Ended at once, because a page that is left hanging takes a whole core from all others.
  async function during<T>(hasWindow: boolean, work: (stay: Stay) => Promise<T>): Promise<T> {
    const stay = await Stay.begin(hasWindow ? await onDisplay() : {});
    return work(stay).finally(() => stay.end());
  }

  async function onDisplay(): Promise<Partial<SlotSpec>> {
    if (xvnc === undefined) throw new Error('There is no Xvnc.');
    display ??= startDisplay(xvnc);
    const { name } = await display;
    return { headless: false, env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', DISPLAY: name } };
  }

  // Measured once, by whichever test needs it first, and two at a time, because each waits for what may yet show itself.
  const measured = memoized(async (column: Column): Promise<Measured> => {
    const { policy, hasWindow, isSearchedBefore } = columns[column];
    return during(hasWindow, async (stay) => {
      const before = isSearchedBefore ? await stay.plantAndSearch(searchedBefore) : await stay.plant();
      return { before, after: await stay.findAfter(policy) };
    });
  });

  beforeAll(() => {
    void measured('recycle').catch(() => {});
    void measured(hasWindows ? 'storage, headed' : 'storage').catch(() => {});
  });

  // Without these the page could claim to clear what was never there.
  it('is all that was planted, before a reset', async () => {
    const found = [...((await measured('recycle')).before ?? [])];
    if (!isThorough) found.push(...(await measured('storage')).after);
    expect(found.toSorted()).toEqual(allNames.toSorted());
    expect(allNames.length).toBeGreaterThanOrEqual(75);
  });

  it.runIf(hasWindows)('is all that was planted in a window, before a reset', async () => {
    expect((await measured('storage, headed')).before).toEqual(allNames);
  });

  it('after a reset is what the reset’s own promise says, no more and no less', async () => {
    const all = await Promise.all(measuredNames.map(measured));
    for (const [at, column] of measuredNames.entries()) {
      const found = statesOf(all[at]?.after ?? []);
      expect({ column, found }).toEqual({ column, found: promisedBy(columns[column].policy) });
    }
  });

  it(
    `is nothing, on every one of ${recycles} recycles`,
    async () => {
      expect((await measured('recycle')).after).toEqual([]);
      if (recycles === 1) return;
      await during(false, async (stay) => {
        for (let cycle = 1; cycle < recycles; cycle += 1) {
          await stay.plant();
          expect(await stay.findAfter('recycle')).toEqual([]);
          await stay.startAnew();
        }
      });
    },
    recycles * 4 * minute,
  );

  it('is what the published page says', async () => {
    const published = await readFile(page, 'utf8');
    const found = async (column: Column): Promise<readonly string[]> =>
      measuredNames.includes(column) ? (await measured(column)).after : publishedIn(published, column);
    const leaks = {
      tabs: await found('tabs'),
      storage: await found('storage'),
      'storage, headed': await found('storage, headed'),
      recycle: await found('recycle'),
    };
    const written = resetGuaranteePage(leaks, published);
    if (isWriting) await writeFile(page, written);
    expect(await readFile(page, 'utf8')).toBe(written);
  });
});

interface Measured {
  /** What was there before the reset, if the holder looked. */
  readonly before: readonly string[] | undefined;
  readonly after: readonly string[];
}

function memoized<K, V>(measure: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const measured = new Map<K, Promise<V>>();
  return (key) => {
    const known = measured.get(key) ?? measure(key);
    measured.set(key, known);
    return known;
  };
}

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

  async plant(): Promise<undefined> {
    await plantAll(this.#wsUrl(), this.#site, this.#slot);
    return undefined;
  }

  async plantAndSearch(kinds: readonly LeakKind[]): Promise<string[]> {
    let found: string[] = [];
    const before = async (holder: Holder): Promise<void> => {
      found = await search(holder, kinds);
    };
    await plantAll(this.#wsUrl(), this.#site, this.#slot, { before });
    return found;
  }

  async findAfter(policy: ResetPolicy): Promise<string[]> {
    const report = await this.#fixture.pool.reset(0, policy, { deadlineMs: minute });
    // The findings would be those of a recycle.
    if (report.policy !== policy) throw new Error(`The reset escalated: ${report.reason?.message}`);
    return findAll(policy, this.#wsUrl(), this.#site, this.#slot);
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
