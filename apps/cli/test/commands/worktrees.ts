import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A repository, and a second working tree of it on a branch of its own, as `git worktree add` leaves them. */
export async function makeWorktrees(folder: string): Promise<{ first: string; second: string }> {
  const [first, second] = [join(folder, 'shop'), join(folder, 'shop-fix')];
  const gitFolder = join(first, '.git', 'worktrees', 'shop-fix');
  await mkdir(gitFolder, { recursive: true });
  await mkdir(join(second, 'deep', 'down'), { recursive: true });
  await writeFile(join(first, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  await writeFile(join(gitFolder, 'HEAD'), 'ref: refs/heads/fix\n');
  await writeFile(join(second, '.git'), `gitdir: ${gitFolder}\n`);
  return { first, second };
}
