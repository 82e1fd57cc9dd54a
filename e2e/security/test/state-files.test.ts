import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import type { AttackResult } from '../src/attack-results.js';
import { expectPublished } from '../src/attack-results.js';
import { isFull, scaled } from '../src/attack-scale.js';
import { beginAnew, makeSlotlessHome, writeSlotlessPool } from '../src/slotless-home.js';

const hangMs = 180_000;
const memoryBytesMax = 400_000_000;

/** Pseudo-random bytes that are the same in every run. */
function noise(length: number): Buffer {
  let state = 7;
  return Buffer.from(Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff));
}

/** What is put in a file's place. `outside` is a file of the user's that nothing may change. */
const faults: Readonly<Record<string, (path: string, outside: string) => Promise<unknown>>> = {
  'random bytes': (path) => writeFile(path, noise(5_000), { mode: 0o600 }),
  'nothing at all': (path) => writeFile(path, '', { mode: 0o600 }),
  'half of what was there': async (path) => {
    const whole = await readFile(path).catch(() => Buffer.from('{"slots":[0],"cdpBase":'));
    await writeFile(path, whole.subarray(0, Math.ceil(whole.length / 2)), { mode: 0o600 });
  },
  'what was there with bits turned over': async (path) => {
    const whole = await readFile(path).catch(() => Buffer.from('{"slots":[0],"cdpBase":'));
    const bits = noise(whole.length);
    await writeFile(
      path,
      whole.map((byte, at) => ((bits[at] ?? 0) < 8 ? byte ^ (1 << (at % 8)) : byte)),
      {
        mode: 0o600,
      },
    );
  },
  'JSON of another shape': (path) =>
    writeFile(path, '[{"leaseToken":{},"slot":null,"pid":"1","slots":[-1,1e99],"__proto__":{"x":1}}]', {
      mode: 0o600,
    }),
  'three gigabytes': async (path) => {
    await writeFile(path, '', { mode: 0o600 });
    await truncate(path, 3_000_000_000);
  },
  'a link': async (path, outside) => {
    await rm(path, { force: true, recursive: true });
    await symlink(outside, path);
  },
  'a pipe': async (path) => {
    await rm(path, { force: true, recursive: true });
    execFileSync('mkfifo', ['-m', '600', path]);
  },
  'a folder': async (path) => {
    await rm(path, { force: true, recursive: true });
    await mkdir(path);
  },
  'a mode for all': async (path) => {
    const text = await readFile(path).catch(() => '');
    await writeFile(path, text);
    await chmod(path, 0o666);
  },
};

type Reader = readonly [file: string, command: readonly string[]];

/** Files below the state directory, each with a command line that reads it. */
const readers: readonly Reader[] = [
  ['pool.json', ['daemon']],
  ['secret', ['daemon']],
  ['api-token', ['daemon', '--require-token']],
  ['journal/000000000000000.log', ['daemon']],
  ['locks/daemon.lock', ['daemon']],
  ['logs/daemon.log', ['daemon']],
  ['journal/000000000000000.log', ['log']],
  ['logs/daemon.log', ['logs']],
  ['daemon.json', ['status']],
  ['leases.json', ['release', '--mine']],
  ['run/slot-0.json', ['down', '--force']],
];

describe('a state directory in which somebody has been', { tags: ['browser'], timeout: 600_000 }, () => {
  /** In the order in which they are published, whichever is done first. */
  const results: AttackResult[] = [];

  /** Undefined when all went as it should, else what went wrong. */
  const verdict = async (
    home: EscarpHome,
    command: readonly string[],
    outside: string,
    env: Record<string, string>,
  ) => {
    const program = home.start(['escarp', ...command, '--json'], env);
    const hang = setTimeout(() => program.child.kill('SIGKILL'), hangMs);
    const isDaemon = command[0] === 'daemon';
    const started = isDaemon
      ? await program.until(/"url"|"error"/).then(
          () => true,
          () => false,
        )
      : true;
    const memory = isDaemon && program.stdout.includes('"url"') ? await peakBytes(program.child.pid ?? 0) : 0;
    if (isDaemon) program.child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await program.ended;
    clearTimeout(hang);
    if (exitCode === 137) return 'hung';
    if (!started || /"internal"|^\s+at /m.test(stdout + stderr)) return `crashed: ${stdout}${stderr}`;
    if (memory > memoryBytesMax) return `took ${memory} bytes`;
    if ((await readFile(outside, 'utf8')) !== 'theirs') return 'changed a file outside';
    return undefined;
  };

  // At once, because some commands wait for a daemon that they cannot find, and have to.
  it.concurrent.each(Object.keys(faults))('is answered with a code or put right: %s', async (fault) => {
    const served = await serveOne();
    const idle = await makeSlotlessHome();
    try {
      const tried = readersFor(fault);
      const wrong: string[] = [];
      for (const reader of tried) wrong.push(...(await problemsOf(fault, reader, served, idle)));
      results[Object.keys(faults).indexOf(fault)] = {
        attack: `${fault} in the place of a file`,
        attempts: tried.length,
        gotThrough: wrong.length,
      };
      expect(wrong).toEqual([]);
      expect((await fetch(`${served.url}/healthz`)).ok).toBe(true);
    } finally {
      await served.home.remove();
      await beginAnew(idle);
      await idle.remove();
    }
  });

  /**
   * What goes wrong, if anything, when one file is damaged and read by one command: in the home whose daemon runs, or, if the
   * command is to start or to clear up after one, in the other.
   */
  const problemsOf = async (
    fault: string,
    [file, command]: Reader,
    served: Served,
    idle: EscarpHome,
  ): Promise<readonly string[]> => {
    const isIdle = command[0] === 'daemon' || command[0] === 'down';
    const home = isIdle ? idle : served.home;
    const path = join(home.path, file);
    if (isIdle) await beginAnew(home);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const kept = await readFile(path).catch(() => undefined);
    const env = command[0] === 'release' || command[0] === 'log' ? { ESCARP_BROKER_URL: served.url } : {};
    await faults[fault]?.(path, served.outside);
    const problem = await verdict(home, command, served.outside, env);
    await rm(path, { force: true, recursive: true });
    if (kept !== undefined && !isIdle) await writeFile(path, kept, { mode: 0o600 });
    return problem === undefined ? [] : [`${file}, ${command.join(' ')}: ${problem}`];
  };

  it('as a whole is refused when it, or a folder in it, leads elsewhere or is open to others', async () => {
    const home = await makeSlotlessHome();
    const elsewhere = join(home.path, '..', 'elsewhere');
    await mkdir(elsewhere, { mode: 0o700 });
    await writeFile(join(elsewhere, 'theirs'), 'theirs');
    const places = scaled(['', 'journal', 'locks', 'run', 'tmp', 'logs', 'profiles'], ['', 'journal']);
    const wrong: string[] = [];
    for (const place of places) {
      for (const trick of ['link', 'mode'] as const) {
        await rm(home.path, { recursive: true, force: true });
        if (place !== '') await beginAnew(home);
        const path = join(home.path, place);
        if (trick === 'link') await symlink(elsewhere, path);
        else await mkdir(path, { recursive: true });
        if (trick === 'mode') await chmod(path, 0o777);
        if (place === '' && trick === 'mode') await writeSlotlessPool(path);
        const { exitCode, stdout } = await home.run(['escarp', 'daemon', '--json']);
        if (exitCode === 0 || !stdout.includes('state_directory_unusable'))
          wrong.push(`${place} ${trick}: ${stdout}`);
      }
    }
    expect((await stat(join(elsewhere, 'theirs'))).isFile()).toBe(true);
    await rm(home.path, { recursive: true, force: true });
    await home.remove();
    results.push({
      attack: 'a link, or a mode for all, in the place of a folder',
      attempts: 2 * places.length,
      gotThrough: wrong.length,
    });
    expect(wrong).toEqual([]);
  });

  it('is published with its counts', () => expectPublished('state-files', 'The state directory', results));
});

/** In short, each fault meets a few of the files, and each file a few of the faults. */
function readersFor(fault: string): typeof readers {
  const nth = Object.keys(faults).indexOf(fault);
  return readers.filter((_, at) => isFull || (at + nth) % 4 === 0);
}

async function peakBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024;
}

/** A daemon that runs while the files around it are damaged, and a file of the user's that nothing may change. */
interface Served {
  readonly home: EscarpHome;
  readonly url: string;
  readonly outside: string;
}

async function serveOne(): Promise<Served> {
  const home = await makeSlotlessHome();
  const outside = join(home.path, '..', 'outside');
  await writeFile(outside, 'theirs');
  const daemon = home.start(['escarp', 'daemon', '--json']);
  await daemon.until(/"url"/);
  return { home, url: await home.url(), outside };
}
