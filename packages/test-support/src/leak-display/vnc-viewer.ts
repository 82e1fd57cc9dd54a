import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

const [raw, desktopSize] = [0, -223];
/** A viewer that knows nothing of other sizes is disconnected when the screen's changes. */
const setEncodings = Buffer.alloc(12);
setEncodings[0] = 2;
setEncodings.writeUInt16BE(2, 2);
setEncodings.writeInt32BE(raw, 4);
setEncodings.writeInt32BE(desktopSize, 8);

/** Somebody who looks at a display by VNC (RFB 3.8, RFC 6143). */
export class VncViewer {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(path: string): Promise<VncViewer> {
    const socket = connect(path);
    socket.on('error', () => {});
    await once(socket, 'data');
    socket.write('RFB 003.008\n');
    await once(socket, 'data');
    // Security type 1 is none: the socket's mode decides who may look.
    socket.write(Buffer.from([1]));
    await once(socket, 'data');
    socket.write(Buffer.from([1]));
    await once(socket, 'data');
    socket.write(setEncodings);
    socket.resume();
    return new VncViewer(socket);
  }

  /** Whether the server still sends this viewer a part of the screen when it asks for one. */
  async sees(): Promise<boolean> {
    if (this.#socket.destroyed) return false;
    const settled = new AbortController();
    const { signal } = settled;
    const answers = ['data', 'close'].map((event) => once(this.#socket, event, { signal }).then(() => event));
    const [updateRequest, all] = [3, 0];
    this.#socket.write(Buffer.from([updateRequest, all, 0, 0, 0, 0, 0, 16, 0, 16]));
    const first = await Promise.race(answers);
    for (const answer of answers) answer.catch(() => {});
    settled.abort();
    return first === 'data';
  }

  close(): void {
    this.#socket.destroy();
  }
}
