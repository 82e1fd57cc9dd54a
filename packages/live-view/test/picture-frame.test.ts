import { expect, it } from 'vitest';
import { frameHeader, readFrame } from '@escarp/live-view/wire';

const header = { slot: 7, frame: 70_000, pageWidth: 1280, pageHeight: 720, drawnAtMs: 1_796_000_000_123.5 };

it('a frame arrives as it was sent', () => {
  const message = new Uint8Array([...frameHeader(header), 0xff, 0xd8]);
  expect(readFrame(message.buffer)).toEqual({ ...header, jpeg: new Uint8Array([0xff, 0xd8]) });
});

it('a frame of another version, or without its header, is none', () => {
  const message = frameHeader(header);
  message[1] = 2;
  expect(readFrame(message.buffer)).toBeUndefined();
  expect(readFrame(new ArrayBuffer(8))).toBeUndefined();
});
