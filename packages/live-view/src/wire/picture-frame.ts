/** A picture of a slot. */
export interface PictureFrame {
  slot: number;
  /** Rises with every frame of the slot on this socket; `shown` repeats it. */
  frame: number;
  /** Size of the page's visible part in CSS pixels: the units of input. */
  pageWidth: number;
  pageHeight: number;
  /** When the browser drew it, in epoch milliseconds. */
  drawnAtMs: number;
  jpeg: Uint8Array<ArrayBuffer>;
}

const headerBytes = 24;
const headerVersion = 1;

/** Reads a binary message of the `pictures` socket; undefined if it is of another version. */
export function readFrame(message: ArrayBuffer): PictureFrame | undefined {
  if (message.byteLength < headerBytes) return undefined;
  const view = new DataView(message);
  if (view.getUint16(0) !== headerVersion) return undefined;
  return {
    slot: view.getUint16(2),
    frame: view.getUint32(4),
    pageWidth: view.getUint32(8),
    pageHeight: view.getUint32(12),
    drawnAtMs: view.getFloat64(16),
    jpeg: new Uint8Array(message, headerBytes),
  };
}

/** The header of a binary message, big-endian, before the JPEG. */
export function frameHeader(frame: Omit<PictureFrame, 'jpeg'>): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  view.setUint16(0, headerVersion);
  view.setUint16(2, frame.slot);
  view.setUint32(4, frame.frame);
  view.setUint32(8, frame.pageWidth);
  view.setUint32(12, frame.pageHeight);
  view.setFloat64(16, frame.drawnAtMs);
  return header;
}
