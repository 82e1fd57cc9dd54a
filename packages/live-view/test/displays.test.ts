import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempHome, type TempHome } from '@escarp/test-support';
import type { WebSocket } from 'ws';
import { viewerCloseCodes } from '@escarp/live-view/wire';
import { RealBrowser } from './real-browser.js';
import { FakePool, leased, type OpenSession, startViewer, type ViewerFixture } from './viewer-fixture.js';

let home: TempHome;
let server: ChildProcess;
let slot: RealBrowser;
let fixture: ViewerFixture;

beforeAll(async () => {
  home = await makeTempHome();
  const socket = join(home.path, 'vnc.sock');
  const options = [
    '-SecurityTypes',
    'None',
    '-rfbunixpath',
    socket,
    '-rfbunixmode',
    '0600',
    '-rfbport',
    '-1',
  ];
  server = spawn('Xvnc', ['-displayfd', '3', '-geometry', '800x600', '-nolisten', 'tcp', ...options], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [number] = await once(server.stdio[3]!, 'data');
  slot = await RealBrowser.launch(`:${String(number).trim()}`);
  const { page, browser } = await slot.agent();
  await page.setContent('<body><script>said = []; onkeydown = ({ key }) => said.push(key)</script>');
  await page.bringToFront();
  await browser.close();
  const pool = new FakePool([leased(7, { cdpPort: slot.port, display: ':1', headless: false })]);
  fixture = await startViewer(pool, async () => socket);
});

afterAll(async () => {
  await fixture.end();
  await slot.kill();
  server.kill();
  await home.remove();
});

/** Joins a display as noVNC does, through the viewer. */
async function join5900(session: OpenSession): Promise<WebSocket> {
  const socket = session.socket('api/slots/0/vnc', {}, ['binary']);
  for (const answer of [Buffer.from('RFB 003.008\n'), Buffer.from([1]), Buffer.from([1])]) {
    await once(socket, 'message');
    socket.send(answer);
  }
  await once(socket, 'message');
  return socket;
}

const updateRequest = Buffer.from([3, 0, 0, 0, 0, 0, 3, 32, 2, 88]);
const keyOf = (char: string, isDown: boolean) =>
  Buffer.from([4, isDown ? 1 : 0, 0, 0, 0, 0, 0, char.charCodeAt(0)]);

const clickAt = (buttons: number) => Buffer.from([5, buttons, 1, 0x90, 1, 0x2c]);

/** What the page was told of. Xvnc hands input on when the next comes. */
async function typed(socket?: WebSocket): Promise<string[]> {
  socket?.send(clickAt(0));
  const { page, browser } = await slot.agent();
  const said: string[] = await page.evaluate('said');
  await browser.close();
  return said;
}

describe('a slot with a display', { tags: ['browser'] }, () => {
  it('is seen by who may look, who is cut off when they type', async () => {
    const session = await fixture.open('view');
    const socket = await join5900(session);
    socket.send(updateRequest);
    const [picture] = await once(socket, 'message');
    expect(picture.length).toBeGreaterThan(1_000);
    const closed = once(socket, 'close');
    socket.send(keyOf('v', true));
    expect((await closed)[0]).toBe(viewerCloseCodes.inputWithoutControl);
    expect(fixture.log).toHaveLength(1);
    expect(await typed()).toEqual([]);
  });

  it('takes the keys of who has taken over, and of nobody else', async () => {
    const session = await fixture.open('control');
    const socket = await join5900(session);
    socket.send(Buffer.concat([keyOf('n', true), keyOf('n', false)]));
    await session.post('api/slots/0/control', { by: 'human' });
    // Without a window manager, a click gives the keyboard.
    socket.send(Buffer.concat([clickAt(0), clickAt(1), clickAt(0)]));
    socket.send(Buffer.concat([keyOf('y', true), keyOf('y', false)]));
    await expect.poll(() => typed(socket), { timeout: 20_000 }).toEqual(['y']);
    const bystander = await join5900(await fixture.open('control'));
    bystander.send(Buffer.concat([keyOf('b', true), keyOf('b', false)]));
    socket.send(Buffer.concat([keyOf('z', true), keyOf('z', false)]));
    await expect.poll(() => typed(socket), { timeout: 20_000 }).toEqual(['y', 'z']);
    bystander.terminate();
    socket.terminate();
  });

  it('that has no display now asks to be tried again', async () => {
    const other = await startViewer(new FakePool([leased(7)]));
    const socket = (await other.open('view')).socket('api/slots/0/vnc', {}, ['binary']);
    const [code] = await once(socket, 'close');
    expect(code).toBe(viewerCloseCodes.tryAgain);
    await other.end();
  });
});
