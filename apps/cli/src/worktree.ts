import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { HolderPlace } from '@escarp/transport/client';
import { defaultHolder } from '@escarp/transport/client';
import type { Cli } from './cli.js';

/** Where a command works: its Git working tree, or the folder itself if there is none. */
export interface Worktree extends HolderPlace {
  /** The folder at its root, which distinguishes two working trees of one repository. */
  readonly root: string;
}

/** Read from Git's files and not from Git: a command that leases must not wait for another program. */
export async function readWorktree(cwd: string): Promise<Worktree> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const gitFolder = await gitFolderOf(folder);
    if (gitFolder !== undefined)
      return { root: folder, worktree: basename(folder), branch: await branchOf(gitFolder) };
    if (dirname(folder) === folder) return { root: cwd, worktree: basename(cwd) };
  }
}

/** The default holder of what is leased here. */
export async function holderHere(cli: Pick<Cli, 'cwd' | 'env' | 'uid'>): Promise<string> {
  return defaultHolder(userName(cli), await readWorktree(cli.cwd));
}

/**
 * `.git` is a folder in the first working tree of a repository, and in every other one a file that names its folder.
 */
async function gitFolderOf(folder: string): Promise<string | undefined> {
  const path = join(folder, '.git');
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isDirectory()) return path;
  const named = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8').catch(() => ''))?.[1];
  return named === undefined ? undefined : resolve(folder, named);
}

/** None if a commit is checked out without a branch. */
async function branchOf(gitFolder: string): Promise<string | undefined> {
  const head = await readFile(join(gitFolder, 'HEAD'), 'utf8').catch(() => '');
  return /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1];
}

/** Name of the user who runs this. A container may run as a user id without a name. */
export function userName({ env, uid }: Pick<Cli, 'env' | 'uid'>): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] || env['LOGNAME'] || `uid-${uid ?? 'unknown'}`;
  }
}
