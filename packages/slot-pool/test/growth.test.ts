import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { lastLogLines } from '../src/browser-log.js';
import { processTable } from '@escarp/child-process';
import { makePoolFixture } from './pool-fixture.js';
import type { PoolFixture } from './pool-fixture.js';

// What one recycle leaves behind is seen after a few, because nothing at all may be added.
const cycles = process.env['ESCARP_LONG'] === '1' ? 100 : 3;
const deadline = { deadlineMs: 60_000 };
const processes = processTable(process.platform);

describe('a slot that is used for long', { tags: ['browser'], timeout: 120_000 + cycles * 15_000 }, () => {
  let fixture: PoolFixture;

  afterEach(() => fixture.end());

  it(`has no more files, folders, processes and descriptors after ${cycles} recycles than after one`, async () => {
    fixture = await makePoolFixture();
    fixture.pool.watch(0, () => {});
    const { profile } = await fixture.pool.launch(0);
    const census = async (): Promise<object> => {
      // Deleted in the background, which takes as long as the other tests leave it the disk.
      await expect.poll(() => readdir(join(fixture.home, 'trash')), { timeout: 60_000 }).toEqual([]);
      return {
        tmpFolders: (await readdir(join(fixture.home, 'tmp'))).length,
        run: await readdir(join(fixture.home, 'run')),
        logs: await readdir(join(fixture.home, 'logs')),
        browsers: (await processes.list()).filter(
          ({ commandLine }) =>
            commandLine.includes(`--user-data-dir=${profile}`) && !commandLine.includes(' --type='),
        ).length,
      };
    };
    await fixture.pool.reset(0, 'recycle', deadline);
    const before = await census();
    const openBefore = await openDescriptors();
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      await writeFile(join(profile, 'planted'), 'by a holder');
      await writeFile(join(fixture.home, 'tmp', 'slot-0', 'planted'), 'by a holder');
      const { facts } = await fixture.pool.reset(0, 'recycle', deadline);
      expect(await readdir(facts.profile)).not.toContain('planted');
      expect(await readdir(join(fixture.home, 'tmp', 'slot-0'))).not.toContain('planted');
    }
    expect(await census()).toEqual(before);
    expect(before).toMatchObject({ browsers: 1 });
    // What else this process does may open one at any time, but not as many as there were recycles.
    await expect.poll(openDescriptors).toBeLessThan(openBefore + cycles);
  });

  it('has a log that is cut when it grows past its bound, and goes on being written', async () => {
    fixture = await makePoolFixture({ limits: { logBytesMax: 50_000 } });
    await fixture.pool.launch(0);
    const log = join(fixture.home, 'logs', 'chrome-slot-0.log');
    await appendFile(log, 'a browser that complains\n'.repeat(5_000));
    fixture.pool.watch(0, () => {});
    await expect.poll(async () => (await stat(log)).size).toBeLessThan(50_000);
    await appendFile(log, 'still here\n');
    expect(await lastLogLines(log, 1)).toEqual(['still here']);
  });

  it('has a log whose last lines are told without complaints about a missing D-Bus', async () => {
    fixture = await makePoolFixture();
    const log = join(fixture.home, 'chrome.log');
    const noise = '[1:1:1130/111252.5:ERROR:dbus/bus.cc:405] Failed to connect to the bus: no such file\n';
    await writeFile(log, `why it ended\n${noise.repeat(30)}`, { mode: 0o600 });
    expect(await lastLogLines(log, 3)).toEqual(['why it ended']);
  });

  it('keeps the log of the run before, and none older', async () => {
    fixture = await makePoolFixture();
    await fixture.pool.launch(0);
    const log = join(fixture.home, 'logs', 'chrome-slot-0.log');
    await appendFile(log, 'the first run\n');
    await fixture.pool.reset(0, 'recycle', deadline);
    expect(await readFile(`${log}.previous`, 'utf8')).toContain('the first run');
    await fixture.pool.reset(0, 'recycle', deadline);
    expect(await readFile(`${log}.previous`, 'utf8')).not.toContain('the first run');
    expect((await readdir(join(fixture.home, 'logs'))).toSorted()).toEqual([
      'chrome-slot-0.log',
      'chrome-slot-0.log.previous',
    ]);
  });
});

/** How many this process has, in which the pool is; none where the system does not tell. */
async function openDescriptors(): Promise<number> {
  return (await readdir('/proc/self/fd').catch(() => [])).length;
}

describe('a browser that was started and not yet written down', { tags: ['browser'] }, () => {
  let fixture: PoolFixture;

  afterEach(() => fixture.end());

  it('is found by its profile and adopted, as after a crash between the two', async () => {
    fixture = await makePoolFixture();
    const facts = await fixture.pool.launch(0);
    const record = join(fixture.home, 'run', 'slot-0.json');
    const { generation } = JSON.parse(await readFile(record, 'utf8')) as { generation: number };
    await fixture.pool.close();
    await writeFile(record, '');
    const restarted = fixture.another();
    expect(await restarted.adopt(0)).toMatchObject({ pid: facts.pid, cdpWsUrl: facts.cdpWsUrl });
    expect(generation).toBe(1);
    await restarted.close();
  });

  it('is not taken for unused when its record is gone, because nobody knows what it was used for', async () => {
    fixture = await makePoolFixture();
    const facts = await fixture.pool.launch(0);
    await rm(join(fixture.home, 'run', 'slot-0.json'));
    const restarted = fixture.another();
    expect((await restarted.launch(0)).pid).not.toBe(facts.pid);
    await restarted.close();
  });

  it('is killed and replaced when it does not answer on the slot’s port', async () => {
    fixture = await makePoolFixture();
    const facts = await fixture.pool.launch(0);
    process.kill(facts.pid, 'SIGSTOP');
    await writeFile(join(fixture.home, 'run', 'slot-0.json'), '');
    const restarted = fixture.another();
    expect((await restarted.launch(0)).pid).not.toBe(facts.pid);
    expect(await processes.find(facts.pid)).toBeUndefined();
    await restarted.close();
  });

  it('leaves a record whose pid now is another process’s, which is never signalled', async () => {
    fixture = await makePoolFixture();
    await fixture.pool.launch(0);
    const path = join(fixture.home, 'run', 'slot-0.json');
    const record = JSON.parse(await readFile(path, 'utf8')) as object;
    await fixture.pool.stop(0);
    const bystander = spawn('sleep', ['600']);
    await once(bystander, 'spawn');
    // The start in the record is the browser's own: the pid has been given to another process since.
    await writeFile(path, JSON.stringify({ ...record, pid: bystander.pid }));
    expect(await fixture.pool.adopt(0)).toBeUndefined();
    await fixture.pool.launch(0);
    await fixture.pool.stop(0);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill();
  });
});
