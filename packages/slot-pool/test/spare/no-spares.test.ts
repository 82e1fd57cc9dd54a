import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, describe, expect, it } from 'vitest';
import type { SlotSpec } from '../../src/index.js';
import { chromeBinary } from '../pool-fixture.js';
import type { FixtureOptions } from '../pool-fixture.js';
import type { SpareFixture } from './spare-fixture.js';
import { isRunning, makeSpareFixture, untilStruck } from './spare-fixture.js';

const deadline = { deadlineMs: 60_000 };

/** What a Chrome does that finds a pipe where its preferences should be; `$port` is its DevTools port. */
const changedChromes = {
  'does not wait for its preferences':
    'echo "DevTools listening on ws://127.0.0.1:$port/devtools/browser/0" >&2; exec sleep 60',
  'opens its port before it reads its preferences':
    'echo "Cannot start http server for devtools." >&2; exec CHROME "$@"',
} as const;

describe.runIf(process.platform === 'linux')('spares', { tags: ['browser'] }, () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  async function fixtureWith(
    options: FixtureOptions = {},
    availableBytes: () => number | undefined = () => undefined,
    obstacle?: string,
  ): Promise<SpareFixture> {
    const fixture = await makeSpareFixture(options, {
      availableBytes,
      ...(obstacle !== undefined && { obstacle }),
    });
    cleanups.push(fixture.end);
    return fixture;
  }

  async function changedChrome(behaviour: keyof typeof changedChromes): Promise<string> {
    const folder = await makeTempHome();
    cleanups.push(folder.remove);
    const path = join(folder.path, 'chrome');
    const isSpare = 'case "$1 $*" in *slot-0b*)';
    const portOf = 'for word; do case $word in --remote-debugging-port=*) port=${word#*=};; esac; done';
    const acts = changedChromes[behaviour].replace('CHROME', chromeBinary);
    await writeFile(path, `#!/bin/sh\n${portOf}\n${isSpare} ${acts};; esac\nexec ${chromeBinary} "$@"\n`);
    await chmod(path, 0o755);
    return path;
  }

  it.each(Object.keys(changedChromes) as (keyof typeof changedChromes)[])(
    'end for the pool with a Chrome that %s, and recycles go on without them',
    async (behaviour) => {
      const { pool, processesIn } = await fixtureWith({
        spec: { binary: await changedChrome(behaviour) },
        // One that does not wait is found out when this is over.
        limits: { spareMs: 5_000 },
      });
      const { cdpPort } = await pool.launch(0);
      await pool.prepareSpare(0);
      const report = await pool.reset(0, 'recycle', deadline);
      expect(report).toMatchObject({ isSpare: false, facts: { cdpPort } });
      expect(pool.spares()).toMatchObject({ isOn: false, reason: expect.stringMatching(/^A spare /) });
      expect(await processesIn('second')).toEqual([]);
      await pool.prepareSpare(0);
      expect(pool.spare(0)).toBeUndefined();
    },
  );

  it('are neither made nor kept while memory is short, and made again when it is not', async () => {
    let availableBytes = 10_000_000_000;
    const fixture = await fixtureWith({}, () => availableBytes);
    const { pool } = fixture;
    const { sparePid } = await fixture.withSpare();
    expect(pool.spares()).toEqual({ isOn: true, reason: null });
    availableBytes = 200_000_000;
    await pool.prepareSpare(0);
    expect(await isRunning(sparePid)).toBe(false);
    expect(pool.spares()).toEqual({
      isOn: false,
      reason: 'Memory is short: 200 MB are available, and spares need 1000 MB.',
    });
    availableBytes = 10_000_000_000;
    expect((await fixture.withSpare()).sparePid).not.toBe(sparePid);
  });

  it('are made again after one or two that failed, and not after three', async () => {
    const fixture = await fixtureWith();
    const { pool } = fixture;
    for (const isOn of [true, true, false]) {
      const { sparePid } = await fixture.withSpare();
      process.kill(sparePid, 'SIGSTOP');
      await untilStruck(sparePid);
      await pool.reset(0, 'recycle', deadline);
      expect(pool.spares()).toMatchObject({ isOn });
    }
    expect(pool.spares()?.reason).toBe('3 spares in a row failed. It was stopped.');
  });

  it('are not made of a slot that keeps its profile, nor where the pool says that none can be', async () => {
    const { pool } = await fixtureWith({ spec: { tier: 'supervised' } });
    await pool.launch(0);
    await pool.prepareSpare(0);
    expect(pool.spare(0)).toBeUndefined();
    const { pool: other } = await fixtureWith({}, () => undefined, 'It is Sunday.');
    await other.launch(0);
    await other.prepareSpare(0);
    expect(other.spare(0)).toBeUndefined();
    expect(other.spares()).toEqual({ isOn: false, reason: 'It is Sunday.' });
  });

  it('are started without what the command of a slot prepares, which happens when they are let go', async () => {
    const calls: string[] = [];
    const launchCommand: NonNullable<SlotSpec['launchCommand']> = async (words, _, purpose) => {
      calls.push(purpose);
      return { command: chromeBinary, arguments: words, environment: {}, handsOver: false };
    };
    const fixture = await fixtureWith({ spec: { launchCommand } });
    await fixture.withSpare();
    expect(calls).toEqual(['clean']);
    expect(await fixture.pool.reset(0, 'recycle', deadline)).toMatchObject({ isSpare: true });
    expect(calls).toEqual(['clean', 'clean']);
  });
});
