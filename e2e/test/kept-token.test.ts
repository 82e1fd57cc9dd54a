import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../src/escarp-home.js';
import { makeEscarpHome } from '../src/escarp-home.js';

const token = 'kept-for-the-daemon-of-this-directory';

/** Answers as a daemon without slots does, and notes the Authorization header of every request but those for its health. */
class StandIn {
  readonly heard: (string | undefined)[] = [];
  readonly server: Server = createServer((request, response) => {
    if (request.url !== '/healthz') this.heard.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json');
    response.end('{"version":"1","slots":[],"queue_length":0,"revision":1,"pool_size":0}');
  });

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe('the API token that is kept in a state directory', { timeout: 120_000 }, () => {
  const own = new StandIn();
  const stranger = new StandIn();
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(1, { ESCARP_VIEW_PORT: '0' });
    await Promise.all([own.listen(), stranger.listen()]);
    await mkdir(home.path, { mode: 0o700 });
    await writeFile(join(home.path, 'api-token'), token, { mode: 0o600 });
    // A process that lives as long as the directory has its daemon, and that commands may end.
    const { pid } = home.start(['sleep', '3600']).child;
    const file = { pid, port: own.port, url: `http://127.0.0.1:${own.port}`, version: '1', startedAt: 1 };
    await writeFile(join(home.path, 'daemon.json'), JSON.stringify(file), { mode: 0o600 });
    const script = `import { withSlot } from '@escarp/playwright-test/slots';
      await withSlot({ waitS: 0 }, async () => {}).catch(() => {});`;
    await writeFile(join(home.project, 'script.mjs'), script);
  }, 120_000);
  beforeEach(() => {
    own.heard.length = 0;
    stranger.heard.length = 0;
  });
  afterAll(async () => {
    await home.escarp('view', '--stop');
    await rm(join(home.path, 'daemon.json'));
    await home.remove();
    own.close();
    stranger.close();
  }, 120_000);

  const callers = [
    ['the command line', ['escarp', 'status']],
    ['a script', ['node', 'script.mjs']],
  ] as const;

  it.each(callers)('is told by %s to no stranger that ESCARP_BROKER_URL names', async (_caller, command) => {
    await home.run(command, { ESCARP_BROKER_URL: `http://127.0.0.1:${stranger.port}` });
    expect(new Set(stranger.heard)).toEqual(new Set([undefined]));
    expect(own.heard).toEqual([]);
  });

  it.each(callers)(
    'is told by %s to the daemon of the directory, however it is named',
    async (_caller, command) => {
      const urls = ['', `http://127.0.0.1:${own.port}/`, `http://localhost:${own.port}`];
      await Promise.all(urls.map((url) => home.run(command, { ESCARP_BROKER_URL: url })));
      expect(new Set(own.heard)).toEqual(new Set([`Bearer ${token}`]));
      expect(own.heard.length).toBeGreaterThanOrEqual(urls.length);
    },
  );

  it('is told by the viewer to the daemon of the directory, and nothing to a stranger', async () => {
    await home.run(['escarp', 'view', '0'], { ESCARP_BROKER_URL: `http://127.0.0.1:${stranger.port}` });
    expect(new Set(own.heard)).toEqual(new Set([`Bearer ${token}`]));
    expect(stranger.heard.filter((header) => header !== undefined)).toEqual([]);
  });
});
