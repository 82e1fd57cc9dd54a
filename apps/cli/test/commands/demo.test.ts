import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { processesNaming } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { keepsBrowsers, makeEscarpHome, program } from './escarp-home.js';
import { startOnTerminal } from './terminal.js';

/**
 * npm passes on the signal that the terminal has sent to all processes; people press the keys again. In short, what one signal
 * does is seen where nothing else can keep the program running, which is on Linux.
 */
const timesPressed =
  process.env['ESCARP_LONG'] === '1' ? [1, 2, 5] : process.platform === 'linux' ? [5] : [1, 5];

describe('demo', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeEach(async () => void (home = await makeEscarpHome(1, keepsBrowsers)));
  afterEach(() => home.remove());

  const left = async () => ({
    records: (await readdir(join(home.path, 'run'))).filter((name) => name.endsWith('.json')),
    daemon: (await readdir(home.path)).includes('daemon.json'),
  });

  it('shows a leased page being driven once, takes down what it started, and suggests nothing that needs it', async () => {
    const { stdout, exitCode } = await home.run(['demo', '--once']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Leased slot \d, opened a page titled "escarp" in it/);
    expect(stdout).toMatch(/SLOT +STATE/);
    expect(stdout).toMatch(/To keep a pool: escarp up$/);
    expect(stdout).toContain('nothing of it is left running');
    // Nothing that needs what it has taken down.
    expect(stdout).not.toMatch(/Next:|curl/);
    await expect.poll(() => processesNaming(home.path)).toEqual([]);
    const png = await readFile(join(home.path, 'demo.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(await left()).toEqual({ records: [], daemon: false });
  });

  it('leaves alone a pool that was there before', async () => {
    const { slots } = await home.json(['launch-pool']);
    expect((await home.run(['demo', '--once'])).exitCode).toBe(0);
    expect(await home.json(['launch-pool'])).toMatchObject({
      slots: (slots as { slot: number; pid: number }[]).map(({ slot }) => ({ slot })),
    });
    await home.json(['daemon', '--background']);
    expect(await home.run(['demo'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('already serves'),
    });
  });

  it.each(timesPressed)('takes everything down at %i presses of Ctrl-C', async (presses) => {
    const child = startOnTerminal(home, ['demo'], 80);
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const before = shown;
      shown += chunk.toString();
      if (/until Ctrl-C/.test(shown) && !/until Ctrl-C/.test(before))
        child.stdin.write('\u0003'.repeat(presses));
    });
    const [code]: number[] = await once(child, 'close');
    expect(shown).toContain('Taking the pool down.');
    expect(code).toBe(0);
    expect(await left()).toEqual({ records: [], daemon: false });
  });

  it.runIf(process.platform === 'linux')(
    'waits for its signal when it has nothing else to do',
    async () => {
      const output = join(home.path, '..', 'output');
      const file = await open(output, 'w');
      const stdio = ['ignore', file.fd, file.fd] as const;
      const child = spawn(process.execPath, [program, 'demo'], { env: home.env, stdio: [...stdio] });
      const ended = once(child, 'close');
      await until(async () => (await readFile(output, 'utf8')).includes('until Ctrl-C'));
      // Once its last connection is closed, nothing but its wait could keep it running.
      await until(async () => !(await openSockets(child.pid)).length);
      child.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
      expect(await readFile(output, 'utf8')).toContain('Taking the pool down.');
      expect(await left()).toEqual({ records: [], daemon: false });
      await file.close();
    },
    60_000,
  );

  it('takes everything down if it is interrupted while it starts', async () => {
    const child = startOnTerminal(home, ['demo'], 80);
    child.stdout.once('data', () => child.stdin.write('\u0003\u0003'));
    await once(child, 'close');
    expect(await left()).toEqual({ records: [], daemon: false });
  });
});

const until = (isSo: () => Promise<boolean>): Promise<boolean> => vi.waitUntil(isSo, 60_000);

/** None if the process has ended. */
async function openSockets(pid: number | undefined): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  return targets.filter((target) => target.startsWith('socket:'));
}
