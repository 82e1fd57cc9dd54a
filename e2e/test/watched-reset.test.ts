import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import type { EscarpHome } from '../src/escarp-home.js';
import { makeEscarpHome } from '../src/escarp-home.js';
import { ViewerSession } from '../src/viewer-session.js';

let home: EscarpHome;

beforeAll(async () => {
  home = await makeEscarpHome(1, { ESCARP_RESET: 'storage', ESCARP_VIEW_PORT: '0' });
  await home.up();
}, 120_000);
afterAll(async () => home?.remove(), 120_000);

/** Resolves when the first picture of slot 0 has come. */
async function watch(): Promise<WebSocket> {
  const { stdout } = await home.escarp('view', '--json');
  const { url }: { url: string } = JSON.parse(stdout);
  const socket = await (await ViewerSession.open(url)).pictures();
  const slots = [{ slot: 0, width: 640, height: 480, rate: 10 }];
  socket.send(JSON.stringify({ type: 'watch', slots }));
  await new Promise<void>((resolve, reject) => {
    socket.on('message', (_, isBinary) => isBinary && resolve());
    socket.once('error', reject);
  });
  return socket;
}

describe('a reset in place of a slot that somebody watches', { tags: ['browser'], timeout: 120_000 }, () => {
  it('stays one: the viewer lets go of the browser in time', async () => {
    for (const round of [1, 2, 3]) {
      const { body: lease } = await home.post('/acquire', { holder: `agent ${round}`, slot: 0, wait_s: 60 });
      const socket = await watch();
      await home.post('/release', { lease_token: lease['lease_token'] });
      const { slots } = await home.status();
      expect([slots[0]?.['state'], slots[0]?.['pid']]).toEqual(['free', lease['pid']]);
      socket.terminate();
    }
  });
});
