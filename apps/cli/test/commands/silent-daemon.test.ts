import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';

// A silent daemon is waited for, and machines have other things to do.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

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
