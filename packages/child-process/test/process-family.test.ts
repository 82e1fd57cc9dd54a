import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { endFamily, isRunning, processFamily } from '../src/index.js';
import { familyAmong } from '../src/process-family.js';

const { platform } = process;

describe('a family of processes', () => {
  const started: number[] = [];
  const ofThisRun = `ESCARP_TEST_RUN=${randomUUID()}`;
  const environment = (mark: string) =>
    Object.fromEntries([
      ...Object.entries(process.env),
      ...[mark, ofThisRun].map((entry) => entry.split('=')),
    ]);
  afterEach(async () => {
    await endFamily({ platform, mark: ofThisRun, ownsSession: false }, 0);
    for (const pid of started.splice(0)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended, as most should have.
      }
    }
  });

  const family = (ownsSession = false) => ({ platform, mark: `ESCARP_TEST=${randomUUID()}`, ownsSession });

  /** Runs a script that prints pids, a line each. */
  async function pids(script: string, mark: string, count: number, detached = false): Promise<number[]> {
    const child: ChildProcess = spawn('sh', ['-c', script], {
      env: environment(mark),
      stdio: ['ignore', 'pipe', 'inherit'],
      detached,
    });
    if (child.pid !== undefined) started.push(child.pid);
    const lines: number[] = [];
    if (child.stdout === null) throw new Error('There is no output.');
    const reader = createInterface(child.stdout);
    reader.on('line', (line) => lines.push(Number(line)));
    while (lines.length < count) await once(reader, 'line');
    started.push(...lines);
    return lines;
  }

  const found = async (options: ReturnType<typeof family>): Promise<number[]> =>
    (await processFamily(options)).map(({ pid }) => pid);

  it('has those that lost their parent and left the session', async () => {
    const options = family();
    const script = "(setsid sh -c 'echo $$; exec sleep 1000' &) ; echo $$; exec sleep 1000";
    const both = await pids(script, options.mark, 2);
    expect(new Set(await found(options))).toEqual(new Set(both));
  });

  it.runIf(platform === 'linux')('has one that is just about to run another program', async () => {
    const options = family();
    const again = 'exec sh -c "$0" "$0"';
    const [pid = 0] = await pids(`echo $$; exec sh -c '${again}' '${again}'`, options.mark, 1);
    const looks = await Promise.all(Array.from({ length: 40 }, () => found(options)));
    expect(looks.filter((members) => !members.includes(pid))).toEqual([]);
  });

  it('has a child that cleared its environment', async () => {
    const options = family();
    const [child = 0] = await pids("env -i sh -c 'echo $$; exec sleep 1000' & wait", options.mark, 1);
    expect(await found(options)).toContain(child);
  });

  it('has one that cleared its environment and lost its parent, as long as it stays in the session', async () => {
    const options = family(true);
    const script = "(env -i sh -c 'echo $$; exec sleep 1000' &) ; exec sleep 1000";
    const [helper = 0] = await pids(script, options.mark, 1, true);
    expect(await found(options)).toContain(helper);
    expect(await found({ ...options, ownsSession: false })).not.toContain(helper);
  });

  it('has none that merely names the mark in its arguments', async () => {
    const options = family();
    await pids(`exec sh -c 'echo $$; sleep 1000' ${options.mark}`, 'ESCARP_OTHER=1', 1);
    expect(await found(options)).toEqual([]);
  });

  it('has one that overwrote its environment, if it is recognized by something else', async () => {
    const options = family();
    const other = `ESCARP_OTHER=${randomUUID()}`;
    const [child = 0] = await pids(`sh -c 'echo $$; sleep 1000' ${options.mark} & wait`, other, 1);
    const recognizes = ({ commandLine }: { commandLine: string }): boolean =>
      commandLine.startsWith('sh ') && commandLine.endsWith(options.mark);
    expect((await processFamily({ ...options, recognizes })).map(({ pid }) => pid)).toContain(child);
    expect(await found(options)).toEqual([]);
  });

  it('never has this process, nor those above it', () => {
    const row = (pid: number, parentPid: number) => ({
      pid,
      parentPid,
      startedAt: '1',
      isStopped: false,
      sessionId: 1,
      isMarked: true,
    });
    const rows = [row(1, 0), row(10, 1), row(20, 10), row(30, 20), row(40, 10)];
    expect(familyAmong(rows, { ownsSession: true }, 20).map(({ pid }) => pid)).toEqual([30, 40]);
  });

  it('is ended as a whole, also where SIGTERM is ignored or cannot be taken', async () => {
    const options = family();
    const stubborn = "trap '' TERM; echo $$; while :; do sleep 1000; done";
    const script = `(setsid sh -c "${stubborn.replaceAll('$', '\\$')}" &) ; sh -c 'kill -STOP $$' & echo $!; exec sleep 1000`;
    const [first = 0, second = 0] = await pids(script, options.mark, 2);
    const members = await processFamily(options);
    expect(members.map(({ pid }) => pid)).toEqual(expect.arrayContaining([first, second]));
    expect(await endFamily(options, 200)).toEqual([]);
    expect(await Promise.all(members.map((member) => isRunning(member, platform)))).not.toContain(true);
  });

  it('may clean up after itself before it is made to end', async () => {
    const options = family();
    const child = spawn(
      'sh',
      ['-c', "trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.05; done"],
      {
        env: environment(options.mark),
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const closed = once(child, 'close');
    await once(child.stdout, 'data');
    await endFamily(options, 20_000);
    await closed;
    expect(said).toBe('ready\ncleaned\n');
  });
});
