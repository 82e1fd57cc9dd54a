import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A file of the dashboard, ready to be sent. */
export interface DashboardFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Reads the built files of the dashboard, by their names. They are few and read once, so that no path of a request ever
 * reaches the file system. Rejects if the folder cannot be read.
 */
export async function readDashboard(folder: string): Promise<ReadonlyMap<string, DashboardFile>> {
  const names = (await readdir(folder)).filter((name) => types[extname(name)] !== undefined);
  const read = names.map(async (name): Promise<[string, DashboardFile]> => {
    const bytes = new Uint8Array(await readFile(join(folder, name)));
    return [name, { type: types[extname(name)] ?? '', bytes }];
  });
  return new Map(await Promise.all(read));
}
