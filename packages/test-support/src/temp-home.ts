import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempHome {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** A fresh private state directory. Its name is short, because sockets below it have a length limit. */
export async function makeTempHome(): Promise<TempHome> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'esc-')));
  // A dying browser may still write while its folder is deleted.
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 10 }) };
}
