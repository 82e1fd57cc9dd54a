import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTempHome, type TempHome } from '@escarp/test-support';
import type { WebSocket } from 'ws';
import { viewerCloseCodes } from '@escarp/live-view/wire';
import { FakePool, leased, type OpenSession, startViewer, type ViewerFixture } from './viewer-fixture.js';

let home: TempHome;
let xvnc: ChildProcess;
let recorder: Server;
let fixture: ViewerFixture;
/** What reached the display's server, by connection. */
let received: Buffer[] = [];

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
  xvnc = spawn('Xvnc', ['-displayfd', '3', '-geometry', '800x600', '-nolisten', 'tcp', ...options], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  await once(xvnc.stdio[3]!, 'data');
  const between = join(home.path, 'between.sock');
  recorder = createServer((client) => record(client, connect(socket))).listen(between);
  await once(recorder, 'listening');
  fixture = await startViewer(
    new FakePool([leased(7, { display: ':1', headless: false })]),
    async () => between,
  );
});

afterAll(async () => {
  await fixture.end();
  recorder.close();
  xvnc.kill();
  await home.remove();
});

beforeEach(() => {
  received = [];
  fixture.log.length = 0;
});

function record(client: ReturnType<typeof connect>, server: ReturnType<typeof connect>): void {
  const at = received.push(Buffer.alloc(0)) - 1;
  client.on('data', (bytes: Buffer) => {
    received[at] = Buffer.concat([received[at]!, bytes]);
    server.write(bytes);
  });
  server.pipe(client);
  for (const one of [client, server]) one.on('error', () => {});
  client.once('close', () => server.destroy());
  server.once('close', () => client.destroy());
}

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

/** For 256 x 64 pixels, changed or not, of four bytes each. */
const updateRequest = Buffer.from([3, 0, 0, 0, 0, 0, 1, 0, 0, 64]);
const updateBytes = 256 * 64 * 4;
const keyOf = (char: string) => Buffer.from([4, 1, 0, 0, 0, 0, 0, char.charCodeAt(0)]);

/** Resolves when the server has answered in full, which may take several messages, and so taken all that came before. */
function seen(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    let missing = updateBytes;
    const take = (bytes: Buffer): void => {
      missing -= bytes.length;
      if (missing > 0) return;
      socket.off('message', take);
      resolve();
    };
    socket.on('message', take);
    socket.send(updateRequest);
  });
}

const keys = () =>
  received.flatMap((bytes) => ['v', 'n', 'y', 'b'].filter((key) => bytes.includes(keyOf(key))));

describe('a slot with a display', { tags: ['browser'] }, () => {
  it('is seen by who may look, who is cut off when they type', async () => {
    const socket = await join5900(await fixture.open('view'));
    await seen(socket);
    const closed = once(socket, 'close');
    socket.send(keyOf('v'));
    expect((await closed)[0]).toBe(viewerCloseCodes.inputWithoutControl);
    expect(fixture.log).toHaveLength(1);
    expect(keys()).toEqual([]);
  });

  it('takes the keys of who has taken over, and of nobody else', async () => {
    const session = await fixture.open('control');
    const socket = await join5900(session);
    const bystander = await join5900(await fixture.open('control'));
    socket.send(keyOf('n'));
    await seen(socket);
    await session.post('api/slots/0/control', { by: 'human' });
    socket.send(keyOf('y'));
    bystander.send(keyOf('b'));
    await Promise.all([seen(socket), seen(bystander)]);
    expect(keys()).toEqual(['y']);
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
