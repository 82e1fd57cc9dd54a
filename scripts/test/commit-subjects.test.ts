import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scripts = fileURLToPath(new URL('..', import.meta.url));

describe('the check of commit subjects', () => {
  let tree: string;

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'subjects-'));
    git('init', '--quiet', '--initial-branch=main');
    for (const name of ['commit-subjects', 'run', 'workspace'])
      cpSync(join(scripts, `${name}.mjs`), join(tree, 'scripts', `${name}.mjs`));
    for (const folder of ['packages/broker', 'apps/cli']) {
      mkdirSync(join(tree, folder), { recursive: true });
      writeFileSync(join(tree, folder, 'package.json'), '{}');
    }
    commit('The first one has no rule to follow');
  });
  afterAll(() => rmSync(tree, { recursive: true }));

  it('takes a type, a scope that exists and a sentence', () => {
    commit('fix(broker): a released lease cannot come back');
    commit('feat(cli)!: name the holder after the worktree');
    expect(check('HEAD~2..HEAD')).toMatchObject({ status: 0 });
  });

  it.each([
    'A sentence alone',
    'fix: no scope',
    'fix(nowhere): a scope that does not exist',
    'mend(broker): a type that does not exist',
    'fix(broker):',
    `fix(broker): ${'a very long subject '.repeat(6)}`,
  ])('names "%s"', (subject) => {
    commit(subject);
    const { status, stdout } = check('HEAD~1..HEAD');
    expect(status).toBe(1);
    expect(stdout).toContain(subject.trim());
  });

  function commit(subject: string) {
    git(
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@example.com',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      subject,
    );
  }

  function git(...parameters: string[]) {
    execFileSync('git', parameters, { cwd: tree });
  }

  function check(range: string) {
    return spawnSync(process.execPath, [join(tree, 'scripts/commit-subjects.mjs'), range], {
      encoding: 'utf8',
    });
  }
});
