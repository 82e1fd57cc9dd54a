import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EscarpHome } from '../escarp-home.js';
import { untilPrinted } from '../escarp-home.js';
import { isAlive } from '../is-alive.js';

interface Leased {
  readonly daemon: number;
  readonly browser: unknown;
}

export function stoppedDaemon(pool: () => EscarpHome): void {
  describe('a daemon that is stopped', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    let leased: Leased;
    beforeAll(async () => {
      home = pool();
      const lease = await home.json(['acquire', '--holder', 'at work', '--ttl', '3600', '--wait', '60']);
      const { pid } = JSON.parse(await readFile(join(home.path, 'daemon.json'), 'utf8')) as { pid: number };
      leased = { daemon: pid, browser: lease['pid'] };
    });
    afterAll(() => {
      if (isAlive(leased.daemon)) process.kill(leased.daemon, 'SIGCONT');
    });

    it.each([
      [['down'], 3, /at work/],
      [['daemon', 'stop', '--kill-pool'], 3, /at work/],
      [['up', '--displays'], 1, /escarp down && escarp up --displays/],
      [['run', '--', 'true'], 3, /--wait SECONDS/],
      [['launch-pool'], 1, /A daemon serves this pool/],
      [['status'], 0, /Waiting up to 10 s/],
    ] as const)('is waited for by %j, which then does what it does', async (args, exitCode, says) => {
      process.kill(leased.daemon, 'SIGSTOP');
      const running = home.start([...args]);
      await untilPrinted(running, 'stderr', /Waiting up to 10 s for the daemon \(pid \d+/);
      process.kill(leased.daemon, 'SIGCONT');
      expect(await running.ended).toMatchObject({ exitCode, stderr: expect.stringMatching(says) });
      expect(isAlive(leased.browser)).toBe(true);
    });

    it('is told from none when the wait is over, and nothing is destroyed', async () => {
      process.kill(leased.daemon, 'SIGSTOP');
      const commands = [['down'], ['up'], ['run', '--', 'true'], ['acquire'], ['release', '--all'], ['demo']];
      const documents = await Promise.all(commands.map((args) => home.json(args)));
      process.kill(leased.daemon, 'SIGCONT');
      for (const document of documents) {
        expect(document).toMatchObject({
          error: 'daemon_unresponsive',
          message: expect.stringContaining(`pid ${leased.daemon}`),
          hint: expect.stringContaining('escarp logs'),
        });
      }
      expect(isAlive(leased.browser)).toBe(true);
      const { slots } = await home.json(['status']);
      expect(slots).toMatchObject([{ holder: 'at work' }]);
    });

    it('loses no call that it was stopped under', async () => {
      const waiting = home.start(['acquire', '--holder', 'next', '--wait', '300']);
      await untilPrinted(waiting, 'stderr', /Waiting up to 300 s for a slot/);
      await vi.waitFor(async () => expect(await home.status()).toMatchObject({ queue_length: 1 }), 60_000);
      process.kill(leased.daemon, 'SIGSTOP');
      await untilPrinted(waiting, 'stderr', /The daemon does not answer; waiting for it up to 10 s/);
      process.kill(leased.daemon, 'SIGCONT');
      await home.json(['release', '--holder', 'at work']);
      expect(await waiting.ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('next') });
    });

    it('is ended all the same by force', async () => {
      process.kill(leased.daemon, 'SIGSTOP');
      expect(await home.json(['down', '--force'])).toMatchObject({
        daemon_stopped: true,
        slots_stopped: [0],
      });
      expect(isAlive(leased.daemon)).toBe(false);
      expect(isAlive(leased.browser)).toBe(false);
    });
  });
}
