/** One message of a VNC client, whole. */
export interface ClientMessage {
  readonly type: number;
  readonly bytes: Buffer;
}

/** Message types of RFB that a client sends, from RFC 6143 and the list of registered ones. */
export const rfbTypes = {
  setPixelFormat: 0,
  setEncodings: 2,
  framebufferUpdateRequest: 3,
  keyEvent: 4,
  pointerEvent: 5,
  clientCutText: 6,
  enableContinuousUpdates: 150,
  fence: 248,
  xvp: 250,
  setDesktopSize: 251,
  qemu: 255,
} as const;

const cutTextBytesMax = 1_000_000;

/**
 * The length of the message that begins the buffer, as far as the buffer tells: undefined if more must come first.
 *
 * @throws RangeError for a message whose length nobody knows: what follows it could not be told from input.
 */
export function messageLength(buffer: Buffer): number | undefined {
  switch (buffer[0]) {
    case rfbTypes.setPixelFormat:
      return 20;
    case rfbTypes.setEncodings:
      return buffer.length < 4 ? undefined : 4 + 4 * buffer.readUInt16BE(2);
    case rfbTypes.framebufferUpdateRequest:
    case rfbTypes.enableContinuousUpdates:
      return 10;
    case rfbTypes.keyEvent:
      return 8;
    case rfbTypes.pointerEvent:
      return 6;
    case rfbTypes.clientCutText:
      return buffer.length < 8 ? undefined : 8 + cutTextBytes(buffer.readInt32BE(4));
    case rfbTypes.fence:
      return buffer.length < 9 ? undefined : 9 + (buffer[8] ?? 0);
    case rfbTypes.xvp:
      return 4;
    case rfbTypes.setDesktopSize:
      return buffer.length < 8 ? undefined : 8 + 16 * (buffer[6] ?? 0);
    case rfbTypes.qemu:
      return qemuLength(buffer);
    default:
      throw new RangeError(`A VNC message of type ${buffer[0]} is not known.`);
  }
}

/** A negative length marks the extended clipboard. */
function cutTextBytes(length: number): number {
  const bytes = Math.abs(length);
  if (bytes > cutTextBytesMax) throw new RangeError('The clipboard holds too much.');
  return bytes;
}

/** Key events alone: of audio no viewer of ours makes use. */
function qemuLength(buffer: Buffer): number | undefined {
  if (buffer.length < 2) return undefined;
  if (buffer[1] === 0) return 12;
  throw new RangeError(`A QEMU message of type ${buffer[1]} is not known.`);
}
