import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';
import { holdLockElsewhere } from './hold-lock-elsewhere.js';

// Only on Linux can it be known which process has a lock, and that it is stopped.
describe.runIf(process.platform === 'linux')('a start that was stopped', { timeout: 120_000 }, () => {
  let home: EscarpHome;
  beforeEach(async () => {
    home = await makeEscarpHome(1);
    await mkdir(join(home.path, 'locks'), { recursive: true, mode: 0o700 });
  });
  afterEach(() => home.remove());

  it('makes no other start wait, which names its process', async () => {
    const holder = await holdLockElsewhere(join(home.path, 'locks', 'start.lock'));
    holder.kill('SIGSTOP');
    const { exitCode, stdout } = await home.run(['up', '--json']);
    holder.kill('SIGKILL');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: 'lock_held',
      message: expect.stringContaining(`Process ${holder.pid} is stopped`),
    });
  });
});
