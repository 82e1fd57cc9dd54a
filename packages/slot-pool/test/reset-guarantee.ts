import { leftBehind } from '@escarp/contract';
import type { ResetPolicy } from '@escarp/contract';
import { joinSlot, leakKinds } from '@escarp/test-support';
import type { Holder, LeakKind, LeakSite, SlotPlaces } from '@escarp/test-support';

/** What is measured: each reset on a headless slot, and the one in place on a slot with a window too. */
export const columns = {
  tabs: { policy: 'tabs', hasWindow: false },
  storage: { policy: 'storage', hasWindow: false },
  'storage, headed': { policy: 'storage', hasWindow: true },
  recycle: { policy: 'recycle', hasWindow: false },
} as const satisfies Record<string, { policy: ResetPolicy; hasWindow: boolean }>;
export type Column = keyof typeof columns;
export const columnNames: readonly Column[] = ['tabs', 'storage', 'storage, headed', 'recycle'];

/** The names of the kinds that the next holder came upon after each reset. */
export type Leaks = Readonly<Record<Column, readonly string[]>>;

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

const display = { begin: '<!-- display -->\n', end: '<!-- /display -->\n' };

/**
 * The published page. Everything in it that could go stale comes from `leaks`, but for the section on displays, which
 * another test measures and which is taken from the page as it is.
 */
export function resetGuaranteePage(leaks: Leaks, published: string): string {
  const groups = [...new Set(leakKinds.map(({ group }) => group))];
  return [
    '# What each reset clears',
    '',
    'Made by `packages/slot-pool/test/reset-guarantee.test.ts` from what it measured in Chromium, headless unless a column',
    'says otherwise; do not edit. A holder plants every kind below, checks that it is there, and leaves. The slot is reset. A',
    'new client then looks for each. "stays" means that the next holder came upon it.',
    '',
    `Of ${leakKinds.length} kinds of state \`tabs\` leaves ${leaks.tabs.length}, \`storage\` leaves ${leaks.storage.length} (on a display`,
    `${leaks['storage, headed'].length}), and \`recycle\` leaves ${leaks.recycle.length}.`,
    '',
    'In short:',
    '',
    ...(['tabs', 'storage', 'recycle'] as const).flatMap(inShort),
    ...groups.flatMap((group) => tableOf(group, leaks)),
    '',
    display.begin + between(published, display) + display.end,
    '## Not planted',
    '',
    'Nothing below has a row, because planting it takes what a test does not have.',
    '',
    '- The choice of a client certificate, and what names resolved to. Chrome keeps both in its network process, which ends',
    '  with `storage` and `recycle`; after `tabs` expect them to stay. The certificates themselves are in the key store of the',
    '  user, which is not the slot’s and which no reset touches; a browser without one never asks.',
    '- Push subscriptions. Subscribing takes a service on the internet that answers. Chrome keeps them with the service worker,',
    '  whose row is above.',
    '- Grants of USB, serial, HID and Bluetooth devices, and of files and folders. A dialog of Chrome asks for them, and the',
    '  devices must be there. They are site settings: expect them to stay after `tabs` and `storage`.',
    '- Suggestions for form fields, saved cards, choices of languages to translate, search engines, printers, installed web apps',
    '  and settings of DevTools. They are in the profile: expect them to stay after `tabs` and `storage`.',
    '',
  ].join('\n');
}

function between(page: string, { begin, end }: { readonly begin: string; readonly end: string }): string {
  return page.split(begin)[1]?.split(end)[0] ?? '\n';
}

function inShort(policy: ResetPolicy): string[] {
  const left = leftBehind(policy);
  return filled(`- \`${policy}\` leaves ${left.length === 0 ? 'nothing' : left.join('; ')}.`);
}

// As wide as the rest of the page.
function filled(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length < 118) lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines;
}

function tableOf(group: string, leaks: Leaks): string[] {
  const names = leakKinds.filter((kind) => kind.group === group).map(({ name }) => name);
  const rows = names.map((name) => [
    name,
    ...columnNames.map((column) => (leaks[column].includes(name) ? 'stays' : 'cleared')),
  ]);
  return ['', `## ${group}`, '', ...aligned([['state', ...columnNames], ...rows])];
}

// As prettier aligns tables, which checks the page like every other file.
function aligned([head = [], ...rows]: ReadonlyArray<readonly string[]>): string[] {
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

async function named<T>(kind: LeakKind, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new Error(`The kind "${kind.name}" could not be tried.`, { cause });
  }
}
