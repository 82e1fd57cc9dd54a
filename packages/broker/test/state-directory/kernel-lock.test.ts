import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shareKernelLock, takeKernelLock, waitForKernelLock } from '../../src/home.js';
import { SlotLocks } from '../../src/index.js';
import { SlotLock } from '../../src/slots/slot-lock.js';

describe('a kernel lock', () => {
  let home: string;
  let remove: () => Promise<void>;
  const children: ChildProcess[] = [];

  beforeEach(async () => ({ path: home, remove } = await makeTempHome()));
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await remove();
  });

  /** A separate process that holds the lock until it is ended. */
  const holdElsewhere = async (path: string): Promise<ChildProcess> => {
    const script = `
      import { createRequire } from 'node:module';
      import { openSync } from 'node:fs';
      const require = createRequire(${JSON.stringify(fileURLToPath(import.meta.url))});
      process.stdout.write(String(require('fs-native-extensions').tryLock(openSync(process.argv[1], 'a'))));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [said] = await once(child.stdout, 'data');
    expect(String(said)).toBe('true');
    return child;
  };

  it('is refused while another process has it, and free the moment that process is killed', async () => {
    const path = join(home, 'a.lock');
    const holder = await holdElsewhere(path);
    expect(await takeKernelLock(path)).toBeUndefined();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = await takeKernelLock(path);
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it('is waited for until the process that has it is killed, and by one at a time', async () => {
    const path = join(home, 'a.lock');
    const holder = await holdElsewhere(path);
    const order: string[] = [];
    const hold = async (name: string): Promise<void> => {
      const lock = await waitForKernelLock(path);
      order.push(`${name} has it`);
      expect(await takeKernelLock(path)).toBeUndefined();
      order.push(`${name} lets go`);
      await lock.release();
    };
    const waiting = ['ann', 'ben'].map(hold);
    order.push('killed');
    holder.kill('SIGKILL');
    await Promise.all(waiting);
    const names = order.map((line) => line.split(' ')[0]);
    expect(names).toEqual(['killed', names[1], names[1], names[3], names[3]]);
  });

  it('held by a stopped process is not waited for, and that process is named', async () => {
    const path = join(home, 'a.lock');
    const holder = await holdElsewhere(path);
    holder.kill('SIGSTOP');
    await expect(waitForKernelLock(path)).rejects.toMatchObject({
      code: 'lock_held',
      message: expect.stringContaining(
        process.platform === 'linux' ? `Process ${holder.pid} is stopped` : path,
      ),
    });
    holder.kill('SIGKILL');
    await (await waitForKernelLock(path)).release();
  });

  it('is waited for as long as its waiter says, and no longer than it wants to', async () => {
    const path = join(home, 'a.lock');
    await holdElsewhere(path);
    await expect(waitForKernelLock(path, { withinMs: 0 })).rejects.toMatchObject({ code: 'lock_held' });
    const leaving = new AbortController();
    const waiting = waitForKernelLock(path, { signal: leaving.signal, withinMs: Infinity });
    leaving.abort();
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  it.runIf(process.platform === 'linux')('keeps no file open for whoever did not get it', async () => {
    const path = join(home, 'a.lock');
    await holdElsewhere(path);
    expect(await takeKernelLock(path)).toBeUndefined();
    await expect(shareKernelLock(path)).rejects.toMatchObject({ code: 'state_directory_unusable' });
    await expect(waitForKernelLock(path, { withinMs: 0 })).rejects.toMatchObject({ code: 'lock_held' });
    const open = await readdir('/proc/self/fd');
    const targets = await Promise.all(
      open.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => undefined)),
    );
    expect(targets).not.toContain(path);
  });

  it('is refused for anything but a plain file', async () => {
    const unusable = { code: 'state_directory_unusable' };
    await expect(waitForKernelLock(home)).rejects.toMatchObject(unusable);
  });

  it('is a file that only its owner can open', async () => {
    const path = join(home, 'a.lock');
    const lock = await takeKernelLock(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await lock?.release();
  });

  it('of a slot keeps another process off that slot and no other', async () => {
    await holdElsewhere(join(home, 'slot-0.lock'));
    const locks = new SlotLocks(home);
    await expect(locks.take(0)).rejects.toMatchObject({ code: 'daemon_already_running' });
    await locks.take(1);
    await locks.releaseAll();
  });

  it('of a slot tells those who wait for it that it was released', async () => {
    const lock = new SlotLock(0, home);
    await lock.released();
    await lock.take();
    let isReleased = false;
    const released = lock.released().then(() => (isReleased = true));
    expect(isReleased).toBe(false);
    await lock.release();
    await released;
    expect(isReleased).toBe(true);
  });
});
