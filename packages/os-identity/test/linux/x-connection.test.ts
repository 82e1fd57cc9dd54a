import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { parseXAddress } from '../../src/linux/x-address.js';
import { withXConnection, type XConnection } from '../../src/linux/x-connection.js';

const FIRST_X_PORT = 6000;
/** What a client says first when it has no cookie; more than that is a question. */
const HELLO_BYTES = 12;
const unreachable = { name: 'IdentityError', code: 'display_unreachable' };

describe('a connection to an X server', () => {
  let server: Server | undefined;

  /** A server on the port of some display that does one wrong thing to whoever connects. */
  const connectTo = async (
    misbehave: (socket: Socket) => void,
    use: (x: XConnection) => Promise<unknown> = async () => 'in',
  ) => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      misbehave(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = parseXAddress(`127.0.0.1:${port - FIRST_X_PORT}`);
    return withXConnection({ address, authorityPath: null }, use);
  };

  afterEach(() => server?.close());

  test('that is closed at once is said to be unreachable', async () => {
    await expect(connectTo((socket) => socket.destroy())).rejects.toMatchObject(unreachable);
  });

  test('that is refused says with which words', async () => {
    const words = 'No protocol specified';
    const refusal = Buffer.from([0, words.length, 11, 0, 0, 0, 6, 0, ...Buffer.from(words.padEnd(24))]);
    await expect(connectTo((socket) => socket.write(refusal))).rejects.toMatchObject({
      ...unreachable,
      message: expect.stringContaining(words),
    });
  });

  test('that is broken off in the middle of the greeting is said to be unreachable', async () => {
    await expect(connectTo((socket) => socket.end(Buffer.from([1, 0, 11])))).rejects.toMatchObject(
      unreachable,
    );
  });

  test('to something that answers nonsense ends itself, and never the process', async () => {
    const tree = (x: XConnection) => x.ask<unknown>((client, done) => client.QueryTree(x.screen.root, done));
    const answerNonsense = (socket: Socket) => {
      socket.write(greeting());
      let bytes = 0;
      socket.on('data', (data) => {
        bytes += data.length;
        if (bytes > HELLO_BYTES) socket.write(treeOfMissingChildren());
      });
    };
    await expect(connectTo(answerNonsense, tree)).rejects.toMatchObject(unreachable);
  });

  test('to nothing is said to be unreachable', async () => {
    const target = { address: parseXAddress(':4711'), authorityPath: null };
    await expect(withXConnection(target, async () => 'in')).rejects.toMatchObject(unreachable);
  });
});

/** An X server's greeting with one screen and no depths (X Window System Protocol, Connection Setup). */
function greeting(): Buffer {
  const setup = Buffer.alloc(40);
  setup.set([1, 0, 11]);
  setup.writeUInt32LE(0x1f_ffff, 16);
  setup.writeUInt16LE(0xffff, 26);
  setup.set([1], 28);
  const screen = Buffer.alloc(40);
  screen.writeUInt32LE(1, 0);
  return Buffer.concat([setup, screen]);
}

/** An answer to QueryTree, the first request, that counts a hundred children and brings none. */
function treeOfMissingChildren(): Buffer {
  const reply = Buffer.alloc(32);
  reply.set([1, 0, 1, 0]);
  reply.writeUInt16LE(100, 16);
  return reply;
}
