import { signal } from '@preact/signals';
import { readFrame, viewerCloseCodes, viewerPaths } from '@escarp/live-view/wire';
import type {
  PictureNews,
  PictureRequest,
  PictureState,
  SlotInput,
  WatchedSlot,
} from '@escarp/live-view/wire';
import { socketAddress } from './api.js';
import { Backoff } from './backoff.js';
import { end } from './viewer.js';

/** A picture that was decoded, with the size of the page in the units of input. */
export interface Shown {
  readonly bitmap: ImageBitmap;
  readonly pageWidth: number;
  readonly pageHeight: number;
}

export interface Watch {
  readonly wanted: WatchedSlot;
  readonly onPicture: (shown: Shown) => void;
}

/** What each watched slot shows, by slot. */
export const pictureStates = signal<ReadonlyMap<number, PictureState>>(new Map());
/** Why input was last not passed on. */
export const refusal = signal<string | null>(null);

const watches = new Set<Watch>();
const backoff = new Backoff();
let socket: WebSocket | undefined;
let isAskingSoon = false;

/** Shows a slot until the returned function is called. There is a connection only while something is watched. */
export function watch(added: Watch): () => void {
  watches.add(added);
  askSoon();
  return () => {
    watches.delete(added);
    askSoon();
  };
}

/** Passes input to a slot that this session controls. Without a connection it is dropped, since it would come too late. */
export function sendInput(input: SlotInput): void {
  send(input);
}

// Many tiles appear and go at once; one message is enough.
function askSoon(): void {
  if (isAskingSoon) return;
  isAskingSoon = true;
  setTimeout(() => {
    isAskingSoon = false;
    if (watches.size === 0) close();
    else if (socket === undefined) connect();
    else ask();
  });
}

function ask(): void {
  send({ type: 'watch', slots: [...watches].map(({ wanted }) => wanted) });
}

function connect(): void {
  backoff.cancel();
  const opened = new WebSocket(socketAddress(viewerPaths.pictures));
  opened.binaryType = 'arraybuffer';
  opened.addEventListener('open', () => {
    backoff.reset();
    ask();
  });
  opened.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer | string>) => {
    if (typeof data === 'string') hear(JSON.parse(data));
    else void show(data, opened);
  });
  opened.addEventListener('close', ({ code }) => {
    if (socket !== opened) return;
    socket = undefined;
    pictureStates.value = new Map();
    if (code === viewerCloseCodes.sessionEnded) end(null);
    else if (watches.size > 0) backoff.schedule(connect);
  });
  socket = opened;
}

function close(): void {
  backoff.cancel();
  const closing = socket;
  socket = undefined;
  pictureStates.value = new Map();
  closing?.close();
}

function hear(news: PictureNews): void {
  if (news.type === 'refused') refusal.value = news.error.message;
  else pictureStates.value = new Map(pictureStates.value).set(news.slot, news);
}

// The next frame is sent when this one has been drawn, so a slow device or link gets fewer, and never old ones.
async function show(message: ArrayBuffer, from: WebSocket): Promise<void> {
  const frame = readFrame(message);
  if (frame === undefined) return;
  const { slot, jpeg, pageWidth, pageHeight } = frame;
  const bitmap = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' })).catch(() => undefined);
  if (bitmap !== undefined) {
    for (const { wanted, onPicture } of watches) {
      if (wanted.slot === slot) onPicture({ bitmap, pageWidth, pageHeight });
    }
    bitmap.close();
  }
  if (from === socket) send({ type: 'shown', slot, frame: frame.frame });
}

function send(request: PictureRequest): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(request));
}
