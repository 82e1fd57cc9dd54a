import { readFileSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';
import { daemonPid } from '../src/daemon-memory.js';
import { until } from '../src/until.js';

// Where cores are piped to a program or have a folder of their own, what becomes of them is not ours.
const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
const isHere = /^[^|/]+$/.test(pattern);

describe.skipIf(!isHere)('a core of the daemon', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(1);
    await home.escarp('launch-pool');
    const start = 'ulimit -c unlimited && exec escarp daemon --background --require-token';
    const { exitCode, stderr } = await home.run(['sh', '-c', start]);
    if (exitCode !== 0) throw new Error(stderr);
  }, 120_000);
  afterAll(() => home?.remove(), 120_000);

  it('holds its memory, secrets and all, and so lies in the state directory for its owner alone', async () => {
    process.kill(await daemonPid(home), 'SIGABRT');
    const core = await until(async () => (await readdir(home.path)).find((name) => name.startsWith('core')));
    expect((await lstat(join(home.path, core))).mode & 0o077).toBe(0);
    expect((await lstat(home.path)).mode & 0o077).toBe(0);
  });
});
