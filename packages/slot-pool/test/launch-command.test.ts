import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LaunchCommand, SlotSpec } from '../src/index.js';
import { processTable } from '@escarp/child-process';
import { chromeBinary, makePoolFixture } from './pool-fixture.js';
import type { PoolFixture } from './pool-fixture.js';

const processes = processTable(process.platform);

describe('a browser that is started by a command of its own', { tags: ['browser'] }, () => {
  let fixture: PoolFixture;

  afterEach(() => fixture.end());

  async function withCommand(launchCommand: NonNullable<SlotSpec['launchCommand']>): Promise<void> {
    fixture = await makePoolFixture({ spec: { launchCommand } });
  }

  /** Stands in for macOS' `open`: another process starts the browser, with an environment of its own, and exits. */
  async function opener(script: string): Promise<string> {
    const path = join(fixture.home, 'open.sh');
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o700);
    return path;
  }

  const handOver =
    (script: string): NonNullable<SlotSpec['launchCommand']> =>
    async (chromeArguments, { TMPDIR = '' }): Promise<LaunchCommand> => ({
      command: await opener(script),
      arguments: [TMPDIR, chromeBinary, ...chromeArguments],
      environment: {},
      handsOver: true,
    });

  const startInBackground = 'tmp=$1; shift; TMPDIR=$tmp OPENED=yes setsid "$@" >/dev/null 2>&1 & exit 0';

  it('is found by what DevTools says about it if the system starts it', async () => {
    await withCommand(handOver(startInBackground));
    const facts = await fixture.pool.launch(0);
    const browser = await processes.find(facts.pid);
    expect(browser?.commandLine).toContain(`--user-data-dir=${facts.profile}`);
    expect(browser?.commandLine).not.toContain(' --type=');
    expect(await environmentOf(facts.pid)).toContain('OPENED=yes');
    const restarted = fixture.another();
    expect(await restarted.adopt(0)).toEqual(facts);
    await restarted.close();
  });

  it('is recycled, relaunched and stopped like any other', async () => {
    await withCommand(handOver(startInBackground));
    const first = await fixture.pool.launch(0);
    const { facts } = await fixture.pool.reset(0, 'recycle', { deadlineMs: 60_000 });
    expect(await processes.find(first.pid)).toBeUndefined();
    process.kill(facts.pid, 'SIGKILL');
    const relaunched = await fixture.pool.relaunch(0);
    expect(relaunched).toMatchObject({ cdpPort: first.cdpPort, relaunchedAt: expect.any(Number) as unknown });
    await fixture.pool.stop(0);
    expect(await processes.find(relaunched.pid)).toBeUndefined();
  });

  it('fails at once if the command does, with its output', async () => {
    await withCommand(handOver('echo "Unable to find application" >&2; exit 1'));
    await expect(fixture.pool.launch(0)).rejects.toMatchObject({
      code: 'browser_launch_failed',
      message: expect.stringContaining('exit code 1') as unknown,
      details: { log: ['Unable to find application'] },
    });
  });

  it('is refused, and not signalled, if another browser answers on the port', async () => {
    const swapProfile = `tmp=$1; shift; home=$(dirname "$0")
for word do shift; case $word in --user-data-dir=*) word=--user-data-dir=$home/other;; esac; set -- "$@" "$word"; done
TMPDIR=$tmp setsid "$@" >/dev/null 2>&1 & echo $! >$home/pid; exit 0`;
    await withCommand(handOver(swapProfile));
    await expect(fixture.pool.launch(0)).rejects.toMatchObject({ code: 'browser_launch_failed' });
    const pid = Number(await readFile(join(fixture.home, 'pid'), 'utf8'));
    expect(await processes.find(pid)).toBeDefined();
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => processes.find(pid)).toBeUndefined();
  });

  it('has no variable that the command removes, and every one that it sets', async () => {
    await withCommand(async (chromeArguments) => ({
      command: chromeBinary,
      arguments: chromeArguments,
      environment: { HOME: null, DISPLAY: ':77' },
      handsOver: false,
    }));
    const environment = await environmentOf((await fixture.pool.launch(0)).pid);
    expect(environment).toContain('DISPLAY=:77');
    expect(environment.filter((variable) => variable.startsWith('HOME='))).toEqual([]);
  });

  it('is prepared at each launch, but not to look at it or to stop it', async () => {
    let prepared = 0;
    await withCommand(async (chromeArguments) => {
      prepared += 1;
      return { command: chromeBinary, arguments: chromeArguments, environment: {}, handsOver: false };
    });
    await fixture.pool.launch(0);
    await fixture.pool.memoryBytes(0);
    await fixture.pool.adopt(0);
    expect(prepared).toBe(1);
    await fixture.pool.reset(0, 'recycle', { deadlineMs: 60_000 });
    expect(prepared).toBe(2);
    await fixture.pool.stop(0);
    expect(prepared).toBe(2);
  });
});

async function environmentOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
}
