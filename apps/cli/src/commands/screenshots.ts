import { join, resolve } from 'node:path';
import { keepStrip, listStrips, readPicture, removeStrip, type StoredStrip } from '@escarp/screenshots';
import { toWire } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { CommandError } from '../command-error.js';
import { makeOwnFolder, writeOwnFile } from '../own-files/write-own-file.js';
import { printAnswer } from '../print-answer.js';
import { printable } from '../print/printable.js';
import { bytes, counted, relativeTime } from '../print/quantities.js';
import { type Column, renderTable } from '../print/table.js';

const columns = (nowS: number): readonly Column<StoredStrip>[] => [
  { header: 'SLOT', value: ({ slot }) => String(slot), rank: 0 },
  { header: 'HOLDER', value: ({ holder }) => holder, rank: 1, widthMin: 12, shortenedIn: 'middle' },
  { header: 'LEASED', value: ({ since }) => relativeTime(since, nowS), rank: 2 },
  { header: 'SCREENSHOTS', value: ({ pictures }) => String(pictures.length), rank: 0 },
  { header: 'SIZE', value: (strip) => bytes(bytesOf(strip)), rank: 3 },
  { header: 'KEPT', value: ({ isKept }) => (isKept ? 'yes' : 'until the lease ends'), rank: 1 },
  { header: 'LEASE', value: ({ lease }) => lease, rank: 0 },
];

export async function screenshotsList(cli: Cli): Promise<number> {
  const strips = await listStrips(cli.settings.home);
  const none = ['There are no screenshots. Take some with escarp run --screenshots on.'];
  const table = renderTable(columns(cli.clocks.wallMs() / 1_000), strips, cli.terminal);
  printAnswer(cli, { strips }, strips.length === 0 ? none : table);
  return 0;
}

export async function screenshotsKeep(cli: Cli, args: Arguments): Promise<number> {
  const { lease, slot } = await chosen(cli, args);
  if (!(await keepStrip(cli.settings.home, lease))) throw unknown(args);
  printAnswer(cli, { kept: lease, slot }, [`The screenshots of ${lease} stay when it ends.`]);
  return 0;
}

export async function screenshotsRemove(cli: Cli, args: Arguments): Promise<number> {
  const { lease, slot } = await chosen(cli, args);
  if (!(await removeStrip(cli.settings.home, lease))) throw unknown(args);
  printAnswer(cli, { removed: lease, slot }, [`The screenshots of ${lease} are deleted.`]);
  return 0;
}

export async function screenshotsSave(cli: Cli, args: Arguments): Promise<number> {
  const folder = resolve(cli.cwd, args.required('out'));
  const strip = await chosen(cli, args);
  await makeOwnFolder(folder);
  const saved: (StoredStrip['pictures'][number] & { file: string })[] = [];
  for (const picture of strip.pictures) {
    const jpeg = await readPicture(cli.settings.home, strip.lease, picture.file);
    // It was thinned out in the meantime.
    if (jpeg === undefined) continue;
    const file = `${timeInName(picture.at)}-${picture.file}`;
    await writeOwnFile(join(folder, file), jpeg);
    saved.push({ ...picture, file });
  }
  const list = toWire({ ...strip, pictures: saved });
  await writeOwnFile(join(folder, 'strip.json'), `${JSON.stringify(list, undefined, 2)}\n`);
  printAnswer(cli, { lease: strip.lease, saved: saved.length, folder }, [
    `${counted(saved.length, 'screenshot')} in ${printable(folder)}.`,
  ]);
  return 0;
}

/** By the id of its lease, or as that of the newest lease of a slot. */
async function chosen(cli: Cli, args: Arguments): Promise<StoredStrip> {
  const strips = await listStrips(cli.settings.home);
  const wanted = args.text('lease') ?? '';
  const found = strips.find(({ lease }) => lease === wanted);
  const ofSlot = /^\d+$/.test(wanted) ? strips.find(({ slot }) => slot === Number(wanted)) : undefined;
  const strip = found ?? ofSlot;
  if (strip === undefined) throw unknown(args);
  return strip;
}

function unknown(args: Arguments): CommandError {
  const wanted = printable(args.text('lease') ?? '');
  const whose = /^\d+$/.test(wanted) ? `slot ${wanted}` : `the lease ${wanted}`;
  const hint = 'Run escarp screenshots list to see of which leases there are any.';
  return new CommandError('screenshots_unknown', `There are no screenshots of ${whose}.`, hint);
}

function bytesOf({ pictures }: StoredStrip): number {
  return pictures.reduce((sum, picture) => sum + picture.bytes, 0);
}

/** So that names sort by time, and are names everywhere. */
function timeInName(atS: number): string {
  return new Date(atS * 1_000).toISOString().replaceAll(/[:.]/g, '-');
}
