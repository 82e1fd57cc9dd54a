import { setTimeout as pause } from 'node:timers/promises';
import { readSettings } from '@escarp/broker/home';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunPoolShare } from '../src/run-pool-share.js';

describe('a pool that was started for runs', () => {
  let home: Awaited<ReturnType<typeof makeTempHome>>;
  let stops: number;

  beforeEach(async () => {
    home = await makeTempHome();
    stops = 0;
  });
  afterEach(() => home.remove());

  const runOf = (): RunPoolShare =>
    new RunPoolShare({
      settings: readSettings({}, home.path),
      uid: process.getuid?.(),
      interrupted: new AbortController().signal,
    });
  const stop = async (): Promise<void> => void (stops += 1);

  it.each([
    ['the one that started it', 0, 1],
    ['the one that found it running', 1, 0],
  ])('is stopped by the last one, also when %s ends first', async (_, first, last) => {
    const runs = [runOf(), runOf()];
    await runs[0]?.join(async () => true);
    await runs[1]?.join(async () => false);
    await runs[first]?.leave(stop);
    expect(stops).toBe(0);
    await runs[last]?.leave(stop);
    expect(stops).toBe(1);
  });

  it('is found by no run while another stops it', async () => {
    const happened: string[] = [];
    const [one, two] = [runOf(), runOf()];
    await one.join(async () => true);
    let joining: Promise<void> | undefined;
    await one.leave(async () => {
      joining = two.join(async () => happened.push('found') > 0);
      // Nothing tells that it will not look.
      await pause(300);
      happened.push('stopped');
    });
    await joining;
    expect(happened).toEqual(['stopped', 'found']);
  });

  it('is not what a person started', async () => {
    const run = runOf();
    await run.join(async () => false);
    expect(run.isHeld).toBe(false);
  });
});
