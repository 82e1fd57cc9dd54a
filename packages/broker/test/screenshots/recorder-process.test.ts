import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RecordedLease } from '@escarp/screenshots';
import { makeTempHome, type TempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/index.js';
import { RecorderProcess, type RecorderTimes } from '../../src/screenshots/recorder-process.js';
import { isAlive } from '../../src/slots/is-alive.js';

const never = 3_600_000;
const patient: RecorderTimes = { idleMs: never, againMs: never, letGoMs: never };

describe('the program that takes pictures', () => {
  let home: TempHome;
  let recorder: RecorderProcess | undefined;

  beforeEach(async () => {
    home = await makeTempHome();
  });
  afterEach(async () => {
    await recorder?.close();
    await home.remove();
  });

  const begin = (times: Partial<RecorderTimes>): RecorderProcess => {
    const program = fileURLToPath(new URL('fake-recorder.mjs', import.meta.url));
    const log = createLog('error', Date.now, () => {});
    recorder = new RecorderProcess({ program, home: home.path, env: {}, log }, { ...patient, ...times });
    return recorder;
  };
  const heard = (): string[] => {
    try {
      return readFileSync(join(home.path, 'heard'), 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  };
  const untilHeard = (line: string) => expect.poll(heard).toContain(line);
  const pids = (): number[] =>
    heard().flatMap((line) => (line.startsWith('started') ? Number(line.slice(8)) : []));
  const withoutPids = (): string[] => heard().map((line) => line.replace(/ \d+$/, ''));

  it('is started again at once for a picture that is wanted while it ends for want of work', async () => {
    const running = begin({ idleMs: 1 });
    running.tell([lease('a')]);
    await untilHeard('told a');
    running.tell([]);
    await untilHeard('ending');
    running.tell([lease('b')]);
    await untilHeard('told b');
    expect(withoutPids()).toEqual(['started', 'told a', 'told ', 'ending', 'ended', 'started', 'told b']);
  });

  it('has let go of every browser only when it has ended', async () => {
    const running = begin({ idleMs: 1 });
    running.tell([lease('a')]);
    await untilHeard('told a');
    running.tell([]);
    await untilHeard('ending');
    await running.settled();
    expect(heard().at(-1)).toBe('ended');
  });

  it('that fails is not started again before its time, whatever it is told', async () => {
    const running = begin({});
    running.tell([lease('fatal')]);
    await untilHeard('told fatal');
    await expect.poll(() => pids().some(isAlive)).toBe(false);
    running.tell([lease('fatal'), lease('b')]);
    running.tell([lease('b')]);
    await running.close();
    expect(pids()).toHaveLength(1);
  });

  it('that fails is told when it is started again what is wanted then', async () => {
    const running = begin({ againMs: 1 });
    running.tell([lease('fatal')]);
    await expect.poll(() => pids().length).toBeGreaterThan(1);
    running.tell([lease('b')]);
    await untilHeard('told b');
  });
});

function lease(id: string): RecordedLease {
  return { lease: id, slot: 0, fence: 1, holder: 'agent', since: 0, cdpPort: 9222, isKept: false };
}
