import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';
import { startOnTerminal } from './terminal.js';

describe('demo', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeEach(async () => void (home = await makeEscarpHome(2)));
  afterEach(() => home.remove());

  const left = async () => ({
    records: (await readdir(join(home.path, 'run'))).filter((name) => name.endsWith('.json')),
    daemon: (await readdir(home.path)).includes('daemon.json'),
  });

  it('shows a leased, driven page once, and takes down what it started', async () => {
    const { stdout, exitCode } = await home.run(['demo', '--once']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Leased slot \d, opened a page titled "escarp" in it/);
    expect(stdout).toMatch(/SLOT +STATE/);
    expect(stdout).toMatch(/To keep a pool: escarp up\n$/);
    const png = await readFile(join(home.path, 'demo.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(await left()).toEqual({ records: [], daemon: false });
  });

  it('leaves a pool alone that was there before', async () => {
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
  }, 60_000);

  // npm passes on the signal that the terminal has sent to all; people press the keys again.
  it.each([1, 2, 5])('takes everything down at %i presses of Ctrl-C', async (presses) => {
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

  it('takes everything down when it is interrupted while it starts', async () => {
    const child = startOnTerminal(home, ['demo'], 80);
    child.stdout.once('data', () => child.stdin.write('\u0003\u0003'));
    await once(child, 'close');
    expect(await left()).toEqual({ records: [], daemon: false });
  });
});
