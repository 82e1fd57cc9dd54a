import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { processesNaming } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';

const script = fileURLToPath(new URL('../../../../scripts/start.mjs', import.meta.url));

/** Slots of the pool; how many there are makes no difference to what takes them down. */
const size = process.env['ESCARP_LONG'] === '1' ? 2 : 1;

describe('npm start', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeEach(async () => void (home = await makeEscarpHome(size)));
  afterEach(() => home.remove());

  /** Starts it in a process group of its own, as a terminal does, and sends that group the given number of signals. */
  const interruptedAt = async (pattern: RegExp, signals: number) => {
    const child = spawn(process.execPath, [script], {
      env: { ...home.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const closed = once(child, 'close');
    let shown = '';
    let browsersSeen = 0;
    const hear = (chunk: Buffer): void => {
      const before = shown;
      shown += chunk.toString();
      if (!pattern.test(shown) || pattern.test(before)) return;
      browsersSeen = processesNaming(home.path).length;
      for (let sent = 0; sent < signals; sent++) process.kill(-(child.pid ?? NaN), 'SIGINT');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const [exitCode] = (await closed) as [number | null];
    return { exitCode, shown, browsersSeen };
  };

  it.each([1, 2])('takes everything down at %i SIGINT to its group', async (signals) => {
    const { exitCode, shown, browsersSeen } = await interruptedAt(/until Ctrl-C/, signals);
    expect(browsersSeen).toBeGreaterThan(1);
    expect(shown).toContain('Taking the pool down.');
    expect(exitCode).toBe(0);
    await expect.poll(() => processesNaming(home.path)).toEqual([]);
  });

  it.each([1, 2])('leaves no process at %i SIGINT while it starts', async (signals) => {
    const { exitCode } = await interruptedAt(/Starting a daemon/, signals);
    expect(exitCode).toBe(130);
    await expect.poll(() => processesNaming(home.path)).toEqual([]);
  });
});
