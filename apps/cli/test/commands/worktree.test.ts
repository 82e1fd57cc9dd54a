import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWorktree } from '../../src/worktree.js';
import { makeEscarpHome } from './escarp-home.js';
import { makeWorktrees } from './worktrees.js';

describe('a working tree', () => {
  it('is named after its root and its branch, from any folder inside it', async () => {
    const home = await makeEscarpHome(1);
    const { first, second } = await makeWorktrees(join(home.path, '..'));
    expect(await readWorktree(first)).toEqual({ root: first, worktree: 'shop', branch: 'main' });
    expect(await readWorktree(join(second, 'deep', 'down'))).toEqual({
      root: second,
      worktree: 'shop-fix',
      branch: 'fix',
    });
    await writeFile(join(first, '.git', 'HEAD'), `${'0'.repeat(40)}\n`);
    expect(await readWorktree(first)).toEqual({ root: first, worktree: 'shop', branch: undefined });
    await home.remove();
  });
});
