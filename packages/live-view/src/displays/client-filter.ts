import { type ClientMessage, messageLength, rfbTypes } from './client-messages.js';

/** Whether a client's input is let through, asked for every message of it. */
export type InputVerdict = 'pass' | 'drop' | 'end';

const versionBytes = 12;
const securityBytes = 1;
const initBytes = 1;
const sharedFlag = 1;

/** What a client may always send: none of it changes what the display shows. */
const harmless: ReadonlySet<number> = new Set([
  rfbTypes.setPixelFormat,
  rfbTypes.setEncodings,
  rfbTypes.framebufferUpdateRequest,
  rfbTypes.enableContinuousUpdates,
  rfbTypes.fence,
]);

/** The display keeps its size whoever looks at it, and no viewer turns the machine off. */
const neverPassed: ReadonlySet<number> = new Set([rfbTypes.setDesktopSize, rfbTypes.xvp]);

/** Mouse buttons beyond the eighth make pointer events longer; not offered, they are not used. */
const extendedMouseButtons = -316;

/**
 * Lets a VNC client's messages through to the server by a list of what is harmless. View-only is enforced here and not in
 * the client: noVNC sends keys as QEMU messages as well, and any program can speak RFB.
 */
export class ClientFilter {
  readonly #verdict: () => InputVerdict;
  #buffer: Buffer = Buffer.alloc(0);
  #handshakeBytes = versionBytes + securityBytes;
  #isInitialised = false;

  constructor(verdict: () => InputVerdict) {
    this.#verdict = verdict;
  }

  /**
   * What of these bytes goes on to the server; `end` if the client must be cut off.
   *
   * @throws RangeError for what is not RFB.
   */
  pass(bytes: Buffer): Buffer | 'end' {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    const passed = [this.#takeHandshake()];
    for (let message = this.#takeMessage(); message !== undefined; message = this.#takeMessage()) {
      const verdict = this.#verdictOn(message);
      if (verdict === 'end') return 'end';
      if (verdict === 'pass') passed.push(rewritten(message));
    }
    return Buffer.concat(passed);
  }

  /** The client's version and choice of security, then its wish to share, which it always has. */
  #takeHandshake(): Buffer {
    const taken = this.#take(Math.min(this.#handshakeBytes, this.#buffer.length));
    this.#handshakeBytes -= taken.length;
    if (this.#handshakeBytes > 0 || this.#isInitialised || this.#buffer.length < initBytes) return taken;
    this.#take(initBytes);
    this.#isInitialised = true;
    // Without it the server would cut off everybody else who watches.
    return Buffer.concat([taken, Buffer.from([sharedFlag])]);
  }

  #takeMessage(): ClientMessage | undefined {
    if (!this.#isInitialised || this.#buffer.length === 0) return undefined;
    const length = messageLength(this.#buffer);
    if (length === undefined || this.#buffer.length < length) return undefined;
    return { type: this.#buffer[0] ?? 0, bytes: this.#take(length) };
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }

  #verdictOn({ type }: ClientMessage): InputVerdict {
    if (harmless.has(type)) return 'pass';
    return neverPassed.has(type) ? 'drop' : this.#verdict();
  }
}

function rewritten({ type, bytes }: ClientMessage): Buffer {
  if (type !== rfbTypes.setEncodings) return bytes;
  const all = Array.from({ length: bytes.readUInt16BE(2) }, (_, at) => bytes.readInt32BE(4 + 4 * at));
  const kept = all.filter((encoding) => encoding !== extendedMouseButtons);
  const message = Buffer.alloc(4 + 4 * kept.length);
  message[0] = type;
  message.writeUInt16BE(kept.length, 2);
  for (const [at, encoding] of kept.entries()) message.writeInt32BE(encoding, 4 + 4 * at);
  return message;
}
