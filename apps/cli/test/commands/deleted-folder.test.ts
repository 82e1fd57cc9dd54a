import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { makeEscarpHome, program } from './escarp-home.js';

describe('in a working directory that was deleted', { timeout: 60_000 }, () => {
  let home: EscarpHome;
  beforeAll(async () => void (home = await makeEscarpHome(1)));
  afterAll(() => home.remove());

  /** The shell is in the folder, so that the command starts in one that is gone. */
  const runThere = async (args: string[], env: Record<string, string> = {}) => {
    const folder = join(home.path, '..', 'gone');
    await mkdir(folder);
    // It must have determined its folder before the folder is deleted, or report that it is gone.
    const script = 'echo ready >&2; read -r _; exec "$@"';
    const child = spawn('/bin/sh', ['-c', script, 'sh', process.execPath, program, ...args], {
      cwd: folder,
      env: { ...home.env, ...env },
      stdio: 'pipe',
    });
    await once(child.stderr, 'data');
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await rmdir(folder);
    child.stdin.end('\n');
    await once(child, 'close');
    return { exitCode: child.exitCode, said };
  };

  it.each([
    [['--version'], 0],
    [['status', '--json'], 2],
    [['doctor', '--json'], expect.any(Number)],
    [['mcp'], 0],
    [['run', '--help'], 0],
    [['docs'], 0],
  ] as const)('%j answers as anywhere else', async (args, exitCode) => {
    const there = await runThere([...args]);
    expect(there.said).not.toMatch(/uv_cwd|^\s+at /m);
    expect(there.exitCode).toEqual(exitCode);
  });

  it('says so if a path is relative to it', async () => {
    const { exitCode, said } = await runThere(['status', '--json'], { ESCARP_HOME: 'here' });
    expect(exitCode).toBe(2);
    expect(JSON.parse(said)).toMatchObject({ error: 'bad_setting' });
  });
});
