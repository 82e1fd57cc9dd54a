import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';
import type { Program } from '../../src/program.js';
import type { AttackResult } from '../src/attack-results.js';
import { expectPublished } from '../src/attack-results.js';
import { scaled } from '../src/attack-scale.js';
import { daemonPeakBytes } from '../src/daemon-memory.js';

/** Long enough that a holder whose process does not run for a few seconds keeps its lease. */
const ttlS = 6;
const memoryBytesMax = 400_000_000;

describe('a daemon under a flood of connections', { tags: ['browser'], timeout: 300_000 }, () => {
  let home: EscarpHome;
  let port: number;
  let holder: Program;
  let fence: unknown;
  const results: AttackResult[] = [];
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    home = await makeEscarpHome(1, { ESCARP_LEASE_TTL_S: String(ttlS) });
    await home.up();
    port = Number(new URL(await home.url()).port);
    holder = home.start(['escarp', 'acquire', '--holder', 'steady', '--hold']);
    await holder.until(/Holding slot 0/);
    fence = (await home.status()).slots[0]?.['fence'];
  }, 120_000);
  afterAll(async () => {
    hangUp();
    await home?.remove();
  }, 120_000);

  const dial = (): Socket => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
    sockets.add(socket);
    return socket;
  };

  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  /** More than a TTL under attack, so that a lease whose renewals do not get through is lost. */
  const expectHeldUnder = async (
    attack: string,
    attempts: number,
    begin: (socket: Socket) => void,
  ): Promise<void> => {
    for (let at = 0; at < attempts; at += 1) {
      begin(dial());
      if (at % 100 === 0) await pause(5);
    }
    await pause((ttlS + 1) * 1_000);
    hangUp();
    const [slot] = (await home.status()).slots;
    const kept = slot?.['state'] === 'leased' && slot['fence'] === fence && holder.child.exitCode === null;
    results.push({ attack, attempts, gotThrough: kept ? 0 : 1 });
    expect(kept ? undefined : slot).toBeUndefined();
  };

  it('that say nothing keeps the lease of a holder', () =>
    expectHeldUnder('idle connection', scaled(3_000, 1_200), () => {}));

  it('that send a header now and then keeps the lease of a holder', () =>
    expectHeldUnder('header that never ends', scaled(1_500, 300), (socket) => {
      socket.write('GET /status HTTP/1.1\r\n');
      const drip = setInterval(() => socket.write('x-slow: 1\r\n'), 500);
      socket.once('close', () => clearInterval(drip));
    }));

  it('that never send the body they announce keeps the lease of a holder', () =>
    expectHeldUnder('body that never comes', scaled(1_500, 300), (socket) => {
      const head = [`POST /acquire HTTP/1.1`, `host: 127.0.0.1:${port}`, 'content-type: application/json'];
      socket.write(`${[...head, 'content-length: 1000'].join('\r\n')}\r\n\r\n{`);
    }));

  it('that ask and never read keeps the lease of a holder', () =>
    expectHeldUnder('answer that is never read', scaled(200, 50), (socket) => {
      socket.pause();
      socket.write(`GET /openapi.json HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`.repeat(50));
    }));

  it.each([
    ['header of 1 MB', `GET /status HTTP/1.1\r\nx-big: ${'x'.repeat(1_000_000)}\r\n\r\n`],
    ['ten thousand headers', `GET /status HTTP/1.1\r\n${'x: y\r\n'.repeat(10_000)}\r\n`],
    ['body announced with 10 GB', post('content-length: 10000000000', '{')],
    [
      'chunked body of 10 MB',
      post('transfer-encoding: chunked', `${'2710\r\n' + 'x'.repeat(10_000)}\r\n`.repeat(1_000)),
    ],
    ['two lengths', post('content-length: 2\r\ncontent-length: 3', '{}')],
    ['length and chunks', post('content-length: 2\r\ntransfer-encoding: chunked', '0\r\n\r\n')],
    ['chunk length of another world', post('transfer-encoding: chunked', 'fffffffffffffffffff\r\n')],
    ['NUL in a header', 'GET /status HTTP/1.1\r\nhost: a\0b\r\n\r\n'],
    ['line break in a path', 'GET /sta\ntus HTTP/1.1\r\n\r\n'],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['path of 15 000 characters', `GET /${'a'.repeat(15_000)} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`],
    ['two hosts', 'GET /status HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: evil.example\r\n\r\n'],
    ['no host', 'GET /status HTTP/1.1\r\n\r\n'],
  ])('answers a request with %s by a refusal', async (attack, text) => {
    const socket = dial();
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.end(text);
    await closed;
    // A client that is cut while it still sends may see the cut before the refusal.
    const refused = answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer);
    results.push({ attack: `request with ${attack}`, attempts: 1, gotThrough: refused ? 0 : 1 });
    expect(refused ? '' : answer).toBe('');
  });

  it('stays within bounds of memory', async () => {
    expect(await daemonPeakBytes(home)).toBeLessThan(memoryBytesMax);
  });

  it('is published with its counts', () =>
    expectPublished('connections', 'Connections and requests', results));
});

function post(framing: string, body: string): string {
  return `POST /acquire HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${framing}\r\n\r\n${body}`;
}
