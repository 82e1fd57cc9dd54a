import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromeBinary } from '../pool-fixture.js';
import type { SpareFixture } from './spare-fixture.js';
import { isRunning, makeSpareFixture } from './spare-fixture.js';

const program = fileURLToPath(new URL('spare-holder.mjs', import.meta.url));

describe.runIf(process.platform === 'linux')(
  'when a process with a spare is killed',
  { tags: ['browser'] },
  () => {
    let fixture: SpareFixture;
    let holder: ChildProcess | undefined;

    beforeEach(async () => {
      fixture = await makeSpareFixture();
    });
    afterEach(async () => {
      holder?.kill('SIGKILL');
      await fixture.end();
    });

    /** Kills it as soon as it has said so much, and resolves with all that it said. */
    async function killedAfter(lines: number): Promise<number[]> {
      const { home, spec } = fixture;
      holder = spawn(process.execPath, [program, home, String(spec(0).port), chromeBinary], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const pids: number[] = [];
      for await (const line of createInterface({ input: holder.stdout ?? process.stdin })) {
        pids.push(Number(line.split(' ')[1]));
        if (pids.length === lines) break;
      }
      const ended = once(holder, 'exit');
      holder.kill('SIGKILL');
      await ended;
      return pids;
    }

    async function untilSpareIsGone(): Promise<void> {
      while ((await fixture.processesIn('second')).length > 0) await pause(20);
    }

    it('the spare ends by itself, and the next process takes over a slot without one', async () => {
      const [browser = 0, spare = 0] = await killedAfter(2);
      await untilSpareIsGone();
      expect(await isRunning(spare)).toBe(false);
      expect(await fixture.pool.adopt(0)).toMatchObject({ pid: browser });
      expect(await fixture.folders()).toEqual(['profiles/slot-0', 'tmp/slot-0']);
    });

    it('so does one that was just being started', async () => {
      const [browser = 0] = await killedAfter(1);
      await untilSpareIsGone();
      expect(await fixture.pool.adopt(0)).toMatchObject({ pid: browser });
      expect(await fixture.folders()).toEqual(['profiles/slot-0', 'tmp/slot-0']);
    });

    it('the spare ends with its slot, if that is all that happens next', async () => {
      await killedAfter(2);
      await fixture.pool.stop(0);
      expect(await fixture.processesIn('second')).toEqual([]);
      expect(await fixture.folders()).toEqual(['profiles/slot-0']);
    });
  },
);
