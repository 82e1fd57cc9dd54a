import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from './escarp-home.js';
import { makeEscarpHome, program } from './escarp-home.js';

describe('a daemon with very many callers', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: EscarpHome;
  let daemon: ChildProcess;
  let url: URL;
  const sockets: Socket[] = [];

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await home.remove();
  }, 120_000);

  async function start(limit: string): Promise<void> {
    home = await makeEscarpHome(1);
    const command = ['-c', `${limit}; exec "$@"`, 'bash', process.execPath, program, 'daemon', '--json'];
    daemon = spawn('bash', command, { env: home.env, stdio: ['ignore', 'pipe', 'inherit'] });
    if (daemon.stdout === null) throw new Error('There is no output.');
    let said = '';
    for await (const chunk of daemon.stdout) {
      said += String(chunk);
      if (said.includes('}')) break;
    }
    url = new URL((JSON.parse(said) as { url: string }).url);
  }

  async function post(path: string, body: Json): Promise<{ status: number; body: Json }> {
    const asked = request(new URL(path, url), {
      method: 'POST',
      agent: new Agent(),
      headers: { 'content-type': 'application/json' },
    });
    asked.end(JSON.stringify(body));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode ?? 0, body: JSON.parse(text) as Json };
  }

  /** Resolves when it is connected, or was turned away. */
  async function dial(): Promise<Socket> {
    const socket = connect(Number(url.port), url.hostname);
    sockets.push(socket);
    socket.on('error', () => {});
    await Promise.race(['connect', 'close'].map((event) => once(socket, event)));
    return socket;
  }

  const acquire = (holder: string) => {
    const body = JSON.stringify({ holder, wait_s: 100 });
    return `POST /acquire HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };

  it('serves its holder while two thousand wait', async () => {
    await start(':');
    const { body: lease } = await post('/acquire', { holder: 'the holder', wait_s: 60, ttl_s: 600 });
    const answers: string[] = [];
    const waiting = await Promise.all(
      Array.from({ length: 2_000 }, async (_, index) => {
        const socket = await dial();
        socket.on('data', (chunk: Buffer) => answers.push(chunk.toString()));
        socket.write(acquire(`waiter ${index}`));
        return socket;
      }),
    );
    await expect
      .poll(() => answers.filter((text) => text.includes('"too_many_waiting"')).length)
      .toBeGreaterThan(0);
    const refusal = answers.find((text) => text.includes('too_many_waiting'));
    expect(refusal).toMatch(/^HTTP\/1\.1 503 /);
    expect(refusal).toMatch(/retry-after: \d+/i);
    for (let beat = 0; beat < 20; beat++) {
      expect(await post('/heartbeat', { lease_token: lease['lease_token'] })).toMatchObject({ status: 200 });
    }
    expect(waiting.filter((socket) => !socket.destroyed).length).toBeGreaterThan(500);
    expect(await post('/release', { lease_token: lease['lease_token'] })).toMatchObject({ status: 200 });
    await expect
      .poll(() => answers.filter((text) => text.includes('"lease_token"')).length, { timeout: 60_000 })
      .toBe(1);
    expect(daemon.exitCode).toBeNull();
  });

  it('starts browsers and answers its holder at 256 descriptors, with more connections than that open', async () => {
    await start('ulimit -n 256');
    const { body: lease } = await post('/acquire', { holder: 'the holder', wait_s: 60, ttl_s: 600 });
    for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: 60 }, dial));
    expect(await post('/heartbeat', { lease_token: lease['lease_token'] })).toMatchObject({ status: 200 });
    expect(await post('/release', { lease_token: lease['lease_token'] })).toMatchObject({ status: 200 });
    const { status, body } = await post('/acquire', { holder: 'the next', wait_s: 60 });
    expect({ status, holder: body['holder'] }).toEqual({ status: 200, holder: 'the next' });
    expect(daemon.exitCode).toBeNull();
  });
});
