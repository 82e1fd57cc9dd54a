import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { keepsBrowsers, makeEscarpHome, untilPrinted } from './escarp-home.js';
import { isAlive } from './is-alive.js';

// A silent daemon is waited for, and machines have other things to do.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Leased {
  readonly daemon: number;
  readonly browser: unknown;
}

describe('a daemon that is stopped', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  let leased: Leased;
  beforeAll(async () => {
    home = await makeEscarpHome(1, keepsBrowsers);
    await home.json(['up']);
    const lease = await home.json(['acquire', '--holder', 'at work', '--ttl', '3600', '--wait', '60']);
    const { pid } = JSON.parse(await readFile(join(home.path, 'daemon.json'), 'utf8')) as { pid: number };
    leased = { daemon: pid, browser: lease['pid'] };
  });
  afterAll(async () => {
    if (isAlive(leased.daemon)) process.kill(leased.daemon, 'SIGCONT');
    await home.remove();
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
    expect(await home.json(['down', '--force'])).toMatchObject({ daemon_stopped: true, slots_stopped: [0] });
    expect(isAlive(leased.daemon)).toBe(false);
    expect(isAlive(leased.browser)).toBe(false);
  });
});

describe('a daemon that is gone', () => {
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(1, { ESCARP_CFT_BINARY: '/nowhere/chrome' });
    await mkdir(home.path, { mode: 0o700 });
  });
  afterAll(() => home.remove());

  const daemonFile = (pid: number, port: number): Promise<void> => {
    const url = `http://127.0.0.1:${port}`;
    const file = { pid, port, url, version: '2.0.0', startedAt: 1 };
    return writeFile(join(home.path, 'daemon.json'), JSON.stringify(file), { mode: 0o600 });
  };

  /** Runs with something else on a port, which says this to whoever connects. */
  const withStranger = async (says: string, work: (port: number) => Promise<void>): Promise<void> => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => (says === '' ? undefined : socket.end(says)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    try {
      await work(typeof address === 'object' && address !== null ? address.port : 0);
    } finally {
      server.close();
    }
  };
  const http = (status: string, body: string): string =>
    `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
  const pidMax = 4_194_303;

  const answers = async (): Promise<unknown> => ({
    status: await home.run(['status']),
    down: await home.run(['down']),
    up: await home.json(['up']),
  });
  const none = {
    status: { exitCode: 2, stderr: expect.stringMatching(/^x No daemon/) },
    down: { exitCode: 0, stdout: 'No daemon was running.\nNo slot was running.' },
    // It gets as far as looking for a browser.
    up: { error: 'browser_missing' },
  };

  it('is none where its file names a process that has ended', async () => {
    await withStranger('', async (port) => {
      await daemonFile(pidMax, port);
      expect(await answers()).toMatchObject(none);
    });
  });

  it.each([
    ['a server of something else', http('404 Not Found', 'no')],
    ['a server that wants a password', http('401 Unauthorized', '{"error":"unauthorized"}')],
    ['a server that is broken', http('500 Internal Server Error', '')],
    ['a page', http('200 OK', '<html>')],
    ['no web server at all', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ])('is none where its pid was reused and its port has %s', async (_, says) => {
    await withStranger(says, async (port) => {
      await daemonFile(process.pid, port);
      expect(await answers()).toMatchObject(none);
    });
  });

  it('is not concluded from a port that takes connections and never answers', async () => {
    await withStranger('', async (port) => {
      const url = `http://127.0.0.1:${port}`;
      const env = { ESCARP_BROKER_URL: url };
      const [document, said] = await Promise.all([home.json(['status'], env), home.run(['status'], env)]);
      expect(document).toMatchObject({
        error: 'daemon_unresponsive',
        message: expect.stringContaining(url),
      });
      expect(said).toMatchObject({ exitCode: 1 });
    });
  });

  it('is asked for without the proxy that the environment names', async () => {
    await withStranger(http('502 Bad Gateway', ''), async (port) => {
      const proxy = `http://127.0.0.1:${port}`;
      const env = { HTTP_PROXY: proxy, http_proxy: proxy, NODE_USE_ENV_PROXY: '1' };
      await daemonFile(process.pid, 9);
      expect(await home.run(['status'], env)).toMatchObject({ exitCode: 2 });
    });
  });
});
