import { Socket } from 'node:net';
import type { Done, XClient, XError, XScreen } from 'x11';
import { IdentityError } from '../errors.js';
import { xSocketPath, type XAddress } from './x-address.js';
import { readXCookie } from './xauthority.js';

/** How to reach an X server: its address and the Xauthority file that opens it, if any. */
export type XTarget = { address: XAddress; authorityPath: string | null };

/** One question to the server; `ask` turns the library's callback into a promise that always settles. */
export type XConnection = {
  client: XClient;
  screen: XScreen;
  ask: <T>(send: (client: XClient, done: Done<T>) => void) => Promise<T>;
};

/** The server's refusal of one request, such as one about a window that is gone meanwhile. */
export class XRequestError extends Error {
  override readonly name = 'XRequestError';
  readonly windowGone: boolean;

  constructor(error: XError) {
    super(`the X server refused: ${error.message}`, { cause: error });
    this.windowGone = error.error === BAD_WINDOW || error.error === BAD_DRAWABLE;
  }
}

const BAD_WINDOW = 3;
const BAD_DRAWABLE = 9;

/** How long one answer may take. A local X server needs milliseconds; one that is stopped never answers. */
const ANSWER_MS = 8000;

/**
 * Connects, lets `use` work, and disconnects. Throws `display_unreachable` when the server is not there, refuses,
 * breaks off or leaves a question without an answer; a refused request becomes `window_not_found` or `command_failed`; other errors of
 * `use` pass through.
 */
export async function withXConnection<T>(target: XTarget, use: (x: XConnection) => Promise<T>): Promise<T> {
  const socket = new ContainedSocket();
  const lost = lossOf(socket, target);
  try {
    return await Promise.race([lost, connectAndUse(socket, target, use)]);
  } catch (thrown) {
    throw thrown instanceof XRequestError ? refusal(thrown) : thrown;
  } finally {
    socket.destroy();
  }
}

/**
 * The library parses inside the socket's events, where what it throws would be uncaught and end the process. Here it
 * ends the connection instead.
 */
class ContainedSocket extends Socket {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    try {
      return super.emit(event, ...values);
    } catch (thrown) {
      this.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
      return true;
    }
  }
}

function refusal(error: XRequestError): IdentityError {
  const code = error.windowGone ? 'window_not_found' : 'command_failed';
  return new IdentityError(code, error.message, { cause: error });
}

function lossOf(socket: Socket, { address }: XTarget): Promise<never> {
  const lost = new Promise<never>((_resolve, reject) => {
    let cause: Error | undefined;
    socket.on('error', (error) => (cause = error));
    socket.on('close', () => {
      const why = cause === undefined ? 'it closed the connection' : cause.message;
      reject(
        new IdentityError('display_unreachable', `X display ${address.display} cannot be asked: ${why}.`, {
          cause,
        }),
      );
    });
  });
  // Our own disconnect at the end closes the socket too, when nobody waits for this any more.
  lost.catch(() => undefined);
  return lost;
}

async function connectAndUse<T>(
  socket: Socket,
  target: XTarget,
  use: (x: XConnection) => Promise<T>,
): Promise<T> {
  const { address } = target;
  // Handing over our own stream and cookie keeps the library from reading the environment, and from trying TCP with
  // the cookie when the unix socket is gone.
  const cookie = target.authorityPath === null ? null : await readXCookie(target.authorityPath, address);
  const auth = { name: cookie?.name ?? '', data: Buffer.from(cookie?.data ?? []).toString('latin1') };
  if (address.host === null) socket.connect(xSocketPath(address.number));
  else socket.connect(6000 + address.number, address.host);
  const client = await answered(socket, handshake(socket, address, auth));
  const screen = client.display.screen[address.screen] ?? client.display.screen[0];
  if (screen === undefined)
    throw new IdentityError('display_unreachable', `X display ${address.display} has no screen.`);
  return use({ client, screen, ask: (send) => answered(socket, answerOf(client, send)) });
}

/** Gives up the connection when an answer does not come: whatever follows would wait for it too. */
async function answered<T>(socket: Socket, answer: Promise<T>): Promise<T> {
  const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}

async function handshake(
  socket: Socket,
  address: XAddress,
  auth: { name: string; data: string },
): Promise<XClient> {
  // Loaded by the first who has a display: a daemon with headless slots stays smaller without.
  const { default: x11 } = await import('x11');
  return new Promise((resolve, reject) => {
    const refused = (error: Error) =>
      reject(
        new IdentityError('display_unreachable', `X display ${address.display} refused: ${error.message}`),
      );
    const options = { stream: socket, display: address.display, auth, disableBigRequests: true } as const;
    const client = x11.createClient(options, (error) => {
      if (error) return refused(error);
      // The library keeps the atoms it has learnt in one table for all connections, but each server numbers its own.
      client.atoms = { ...client.atoms };
      resolve(client);
    });
    // The handshake's refusal, and every later error that no request claims, arrives here; unheard it would throw.
    client.on('error', refused);
  });
}

function answerOf<T>(client: XClient, send: (client: XClient, done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    send(client, (error: XError | null | undefined, value: T) => {
      if (error) reject(new XRequestError(error));
      else resolve(value);
      return true;
    });
  });
}
