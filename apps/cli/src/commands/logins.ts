import { resolve } from 'node:path';
import type { SavedLogin } from '@escarp/saved-logins';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { daemonClient } from '../find-daemon.js';
import { installationOf } from '../installation.js';
import { askPassphrase } from '../logins/ask-passphrase.js';
import { loginDetailLines } from '../logins/login-lines.js';
import { readOwnFile } from '../own-files/read-own-file.js';
import { refuseExistingFile, writeNewFile } from '../own-files/write-own-file.js';
import { printAnswer } from '../print-answer.js';
import { printable } from '../print/printable.js';
import { counted } from '../print/quantities.js';
import { type Column, renderTable } from '../print/table.js';

type Listed = {
  name: string;
  status: string;
  form: string;
  version: string;
  expires: string;
  url: string;
};

const columns: readonly Column<Listed>[] = [
  { header: 'LOGIN', value: ({ name }) => name, rank: 0 },
  { header: 'STATUS', value: ({ status }) => status, rank: 0, widthMin: 12 },
  { header: 'FORM', value: ({ form }) => form, rank: 3 },
  { header: 'VERSION', value: ({ version }) => version, rank: 3 },
  { header: 'EXPIRES', value: ({ expires }) => expires, rank: 2 },
  { header: 'PAGE', value: ({ url }) => url, rank: 1, widthMin: 16, shortenedIn: 'middle' },
];

export async function loginsList(cli: Cli): Promise<number> {
  const found = await (await daemonClient(cli)).logins();
  const rows: Listed[] = [
    ...found.logins.map(({ name, status, form, version, url, expiresAt, reason }) => ({
      name,
      status: status === 'ready' ? 'ready' : `needs a login: ${reason ?? ''}`,
      form: form === 'profile' ? 'full' : form,
      version: String(version),
      expires: new Date(expiresAt * 1_000).toISOString().slice(0, 16),
      url,
    })),
    ...found.unreadable.map(({ name, problem }) => ({
      name,
      status: problem,
      form: '',
      version: '',
      expires: '',
      url: '',
    })),
  ];
  const none = ['No login is saved. Make one with escarp login NAME --url URL.'];
  printAnswer(cli, found, rows.length === 0 ? none : renderTable(columns, rows, cli.terminal));
  return 0;
}

export async function loginsShow(cli: Cli, args: Arguments): Promise<number> {
  const found = await (await daemonClient(cli)).login({ name: args.required('name') });
  printAnswer(cli, found, [printable(found.name), ...loginDetailLines(found)]);
  return 0;
}

export async function loginsDone(cli: Cli, args: Arguments): Promise<number> {
  const done = await (await daemonClient(cli)).loginDone({ name: args.required('name') });
  printAnswer(cli, done, [`${printable(done.name)} is being saved.`]);
  return 0;
}

export async function loginsRename(cli: Cli, args: Arguments): Promise<number> {
  const wish = { name: args.required('name'), newName: args.required('to') };
  const renamed = await (await daemonClient(cli)).loginRename(wish);
  printAnswer(cli, renamed, [`${printable(wish.name)} is called ${printable(renamed.name)} now.`]);
  return 0;
}

export async function loginsRemove(cli: Cli, args: Arguments): Promise<number> {
  const removed = await (await daemonClient(cli)).loginRemove({ name: args.required('name') });
  printAnswer(cli, removed, [`${printable(removed.name)} is removed; its session at the site goes on.`]);
  return 0;
}

/** Written by this command and not by the daemon, which changes no file outside its directory. */
export async function loginsExport(cli: Cli, args: Arguments): Promise<number> {
  const [{ openVault }, { packLogins }] = await Promise.all([
    import('@escarp/broker'),
    import('@escarp/saved-logins'),
  ]);
  const file = resolve(cli.cwd, args.required('file'));
  const isForced = args.flag('force');
  await refuseExistingFile(file, { isForced });
  const vault = openVault(installationOf(cli));
  const wanted = args.text('name');
  const opened: SavedLogin[] = [];
  for (const name of wanted === undefined ? await vault.names() : [wanted])
    opened.push(await vault.open(name));
  // One that is named and cannot be exported is an error, and where all are meant it is left out.
  const isLeftOut = ({ metadata }: SavedLogin) => wanted === undefined && metadata.form === 'profile';
  const logins = opened.filter((login) => !isLeftOut(login));
  const names = logins.map(({ metadata }) => metadata.name);
  const leftOut = opened.filter(isLeftOut).map(({ metadata }) => metadata.name);
  const passphrase = await askPassphrase(cli, args);
  await writeNewFile(file, await packLogins(logins, passphrase), { isForced });
  printResult(cli, { exported: names, left_out: leftOut, file }, [
    `${counted(names.length, 'login')} in ${printable(file)}.`,
    ...leftOut.map((name) => `${printable(name)} is a full login, and is not in it.`),
  ]);
  return 0;
}

export async function loginsImport(cli: Cli, args: Arguments): Promise<number> {
  const [{ openVault }, { archiveBytesMax, unpackLogins }] = await Promise.all([
    import('@escarp/broker'),
    import('@escarp/saved-logins'),
  ]);
  const archive = await readOwnFile(resolve(cli.cwd, args.required('file')), archiveBytesMax);
  const logins = await unpackLogins(archive, await askPassphrase(cli, args));
  await openVault(installationOf(cli)).adopt(logins, { isReplacing: args.flag('replace') });
  const names = logins.map(({ metadata }) => metadata.name);
  printResult(cli, { imported: names }, [`Imported ${names.map(printable).join(', ') || 'nothing'}.`]);
  return 0;
}
