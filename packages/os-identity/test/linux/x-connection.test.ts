import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { parseXAddress } from '../../src/linux/x-address.js';
import { withXConnection } from '../../src/linux/x-connection.js';

const FIRST_X_PORT = 6000;
const unreachable = { name: 'IdentityError', code: 'display_unreachable' };

describe('a connection to an X server', () => {
  let server: Server | undefined;

  /** A server on the port of some display that does one wrong thing to whoever connects. */
  const connectTo = async (misbehave: (socket: Socket) => void) => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      misbehave(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = parseXAddress(`127.0.0.1:${port - FIRST_X_PORT}`);
    return withXConnection({ address, authorityPath: null }, async () => 'in');
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

  test('to something that talks nonsense ends itself, and never the process', async () => {
    const nonsense = Buffer.alloc(5000, 0xff);
    nonsense[0] = 1;
    await expect(connectTo((socket) => socket.end(nonsense))).rejects.toMatchObject(unreachable);
  });

  test('to nothing is said to be unreachable', async () => {
    const target = { address: parseXAddress(':4711'), authorityPath: null };
    await expect(withXConnection(target, async () => 'in')).rejects.toMatchObject(unreachable);
  });
});
