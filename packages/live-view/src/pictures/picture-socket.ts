import type { WebSocket } from 'ws';
import type { ViewerPorts } from '../ports.js';
import {
  type ErrorReply,
  type PictureNews,
  type SlotInput,
  viewerCloseCodes,
  type WatchedSlot,
} from '../wire/index.js';
import { readPictureRequest } from './picture-requests.js';
import type { SlotCasts } from './slot-casts.js';
import { SlotViewing } from './slot-viewing.js';

/** What a session may do with a slot, asked for every message. */
export interface SlotRights {
  readonly maySee: (slot: number) => boolean;
  /** Undefined if its input is let through; `forbidden` ends the socket. */
  readonly refusalOfInput: (slot: number) => ErrorReply | 'forbidden' | undefined;
}

/** What the `pictures` socket of a session needs. */
export interface PictureSocketOptions {
  readonly socket: WebSocket;
  readonly casts: SlotCasts;
  readonly rights: SlotRights;
  readonly ports: ViewerPorts;
}

/** Serves the `pictures` socket of one page until it closes. */
export function servePictures({ socket, casts, rights, ports }: PictureSocketOptions): void {
  const viewings = new Map<number, SlotViewing>();
  const tell = (news: PictureNews): void => socket.send(JSON.stringify(news));

  const begin = (wanted: WatchedSlot): SlotViewing =>
    new SlotViewing(wanted, {
      cast: casts.of(wanted.slot),
      monotonicMs: ports.monotonicMs,
      sendState: tell,
      sendFrame: (header, jpeg) => {
        socket.send(header, { binary: true, fin: false });
        socket.send(jpeg, { binary: true, fin: true });
      },
    });

  const stop = (slot: number): void => {
    viewings.get(slot)?.close();
    viewings.delete(slot);
    casts.release(slot);
  };

  const watch = (slots: readonly WatchedSlot[]): void => {
    if (slots.some(({ slot }) => !rights.maySee(slot))) {
      socket.close(viewerCloseCodes.noSuchSlot, 'no such slot');
      return;
    }
    for (const slot of viewings.keys()) if (!slots.some((one) => one.slot === slot)) stop(slot);
    for (const wanted of slots) {
      const known = viewings.get(wanted.slot);
      if (known === undefined) viewings.set(wanted.slot, begin(wanted));
      else known.change(wanted);
    }
  };

  const pass = (input: SlotInput): void => {
    const refused = rights.refusalOfInput(input.slot);
    if (refused === 'forbidden') {
      ports.log('A viewer without the right to control has sent input; its socket is closed.', {
        slot: input.slot,
      });
      socket.close(viewerCloseCodes.inputWithoutControl, 'input without control');
      return;
    }
    const refuse = (error: ErrorReply): void => tell({ type: 'refused', slot: input.slot, error });
    if (refused !== undefined) return refuse(refused);
    casts
      .of(input.slot)
      .input(input, viewings.get(input.slot)?.tab)
      .catch(() => refuse({ error: 'slot_not_ready', message: 'The slot has no tab that takes input now.' }));
  };

  socket.on('message', (data, isBinary) => {
    const request = isBinary ? undefined : readPictureRequest(textOf(data));
    if (request === undefined) socket.close(viewerCloseCodes.badMessage, 'not understood');
    else if (request.type === 'watch') watch(request.slots);
    else if (request.type === 'shown') viewings.get(request.slot)?.shown(request.frame);
    else pass(request);
  });
  socket.on('error', () => socket.terminate());
  socket.once('close', () => {
    for (const slot of viewings.keys()) stop(slot);
  });
}

function textOf(data: unknown): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : '';
}
