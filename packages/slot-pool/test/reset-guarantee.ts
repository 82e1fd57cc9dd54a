import { joinSlot, leakKinds } from '@escarp/test-support';
import type { Holder, LeakKind, LeakSite, SlotPlaces } from '@escarp/test-support';
import type { ResetPolicy } from '../src/index.js';

/** The names of the kinds that the next holder came upon after each reset. */
export type Leaks = Readonly<Record<ResetPolicy, readonly string[]>>;

/** A holder's stay: plants everything, does `before` leaving, and leaves. */
export async function plantAll(
  wsUrl: string,
  site: LeakSite,
  slot: SlotPlaces,
  before: (holder: Holder) => Promise<void> = async () => {},
): Promise<void> {
  const holder = await joinSlot(wsUrl, site, slot);
  for (const kind of leakKinds) await named(kind, kind.plant(holder));
  await before(holder);
  await holder.browser.close();
}

/** What a client that was not there before finds. */
export async function findAll(wsUrl: string, site: LeakSite, slot: SlotPlaces): Promise<string[]> {
  const holder = await joinSlot(wsUrl, site, slot);
  const found = await search(holder);
  await holder.browser.close();
  return found;
}

/** The names of the kinds that this holder finds. */
export async function search(holder: Holder): Promise<string[]> {
  const found: string[] = [];
  for (const kind of leakKinds) {
    if (await named(kind, kind.find(holder))) found.push(kind.name);
  }
  return found;
}

/** The published page. Everything in it that could go stale comes from `leaks`. */
export function resetGuaranteePage(leaks: Leaks): string {
  const groups = [...new Set(leakKinds.map(({ group }) => group))];
  return [
    '# What each reset clears',
    '',
    'Made by `packages/slot-pool/test/reset-guarantee.test.ts` from what it measured in a headless Chromium; do not',
    'edit. A holder plants every kind below, checks that it is there, and leaves. The slot is reset. A new client then',
    'looks for each. "stays" means that the next holder came upon it.',
    '',
    `${leakKinds.length} kinds of state. \`tabs\` leaves ${leaks.tabs.length} of them, \`storage\` leaves`,
    `${leaks.storage.length}, \`recycle\` leaves ${leaks.recycle.length === 0 ? 'none' : leaks.recycle.length}.`,
    ...groups.flatMap((group) => ['', `## ${group}`, '', ...tableOf(group, leaks)]),
    '',
  ].join('\n');
}

function tableOf(group: string, leaks: Leaks): string[] {
  const kinds = leakKinds.filter((kind) => kind.group === group);
  const width = Math.max(...kinds.map(({ name }) => name.length));
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(at === 0 ? width : 7)).join(' | ')} |`;
  const verdict = (policy: ResetPolicy, name: string): string =>
    leaks[policy].includes(name) ? 'stays' : 'cleared';
  return [
    row(['state', 'tabs', 'storage', 'recycle']),
    row(['-'.repeat(width), '-'.repeat(7), '-'.repeat(7), '-'.repeat(7)]),
    ...kinds.map(({ name }) =>
      row([name, verdict('tabs', name), verdict('storage', name), verdict('recycle', name)]),
    ),
  ];
}

async function named<T>(kind: LeakKind, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new Error(`The kind "${kind.name}" could not be tried.`, { cause });
  }
}
