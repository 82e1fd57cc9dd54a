import { describe, expect, it } from 'vitest';
import { ClientFilter, type InputVerdict } from '../src/displays/client-filter.js';

const handshake = Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.from([1]), Buffer.from([0])]);
const updateRequest = Buffer.from([3, 0, 0, 0, 0, 0, 0, 16, 0, 16]);
const keyEvent = Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]);
const pointerEvent = Buffer.from([5, 1, 0, 10, 0, 10]);
const cutText = Buffer.from([6, 0, 0, 0, 0, 0, 0, 3, 97, 98, 99]);
const extendedCutText = Buffer.from([6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc, 1, 2, 3, 4]);
const qemuKey = Buffer.from([255, 0, 0, 1, 0, 0, 0, 97, 0, 0, 0, 30]);
const fence = Buffer.from([248, 0, 0, 0, 0x80, 0, 0, 0, 2, 9, 9]);
const desktopSize = Buffer.concat([Buffer.from([251, 0, 5, 0, 3, 0, 1, 0]), Buffer.alloc(16)]);
const xvp = Buffer.from([250, 0, 1, 2]);
const inputs = { keyEvent, pointerEvent, cutText, extendedCutText, qemuKey };

function passed(verdict: InputVerdict, ...messages: Buffer[]): Buffer | 'end' {
  return new ClientFilter(() => verdict).pass(Buffer.concat([handshake, ...messages]));
}

const sharedHandshake = Buffer.concat([handshake.subarray(0, 13), Buffer.from([1])]);

describe('the messages of a VNC client', () => {
  it.each(Object.entries(inputs))(
    'that are input, %s, reach the display of who is in control alone',
    (_, input) => {
      const around = [updateRequest, input, fence];
      expect(passed('pass', ...around)).toEqual(Buffer.concat([sharedHandshake, ...around]));
      expect(passed('drop', ...around)).toEqual(Buffer.concat([sharedHandshake, updateRequest, fence]));
      expect(passed('end', ...around)).toBe('end');
    },
  );

  it('are the same in pieces of one byte', () => {
    const filter = new ClientFilter(() => 'drop');
    const all = Buffer.concat([handshake, updateRequest, qemuKey, cutText, fence, keyEvent, updateRequest]);
    const pieces = [...all].map((byte) => filter.pass(Buffer.from([byte])));
    const through = pieces.filter((piece) => piece !== 'end');
    expect(Buffer.concat(through)).toEqual(
      Buffer.concat([sharedHandshake, updateRequest, fence, updateRequest]),
    );
  });

  it('neither resize the display nor turn it off, even for who is in control', () => {
    expect(passed('pass', desktopSize, xvp, updateRequest)).toEqual(
      Buffer.concat([sharedHandshake, updateRequest]),
    );
  });

  it('are cut off where it is not known how long they are', () => {
    expect(() => passed('pass', Buffer.from([99, 0, 0, 0]))).toThrow(RangeError);
    expect(() => passed('pass', Buffer.from([255, 1, 0, 0]))).toThrow(RangeError);
    expect(() => passed('pass', Buffer.from([6, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]))).toThrow(RangeError);
  });

  it('do not agree on longer pointer events', () => {
    const encodings = Buffer.from([2, 0, 0, 2, 0xff, 0xff, 0xfe, 0xc4, 0, 0, 0, 0]);
    expect(passed('drop', encodings)).toEqual(
      Buffer.concat([sharedHandshake, Buffer.from([2, 0, 0, 1, 0, 0, 0, 0])]),
    );
  });
});
