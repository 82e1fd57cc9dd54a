import { signal } from '@preact/signals';
import { viewerPaths } from '@escarp/live-view/wire';
import type { SessionEnd, SlotState, ViewerState } from '@escarp/live-view/wire';
import { get } from './api.js';
import { Backoff } from './backoff.js';
import { setViewerClock } from './clock.js';

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'ended';

/** The last state that was heard; null before the first. */
export const viewer = signal<ViewerState | null>(null);
export const connection = signal<Connection>('connecting');
/** Why the session has ended, where the server said so. */
export const endReason = signal<SessionEnd['reason'] | null>(null);

const backoff = new Backoff();
let stream: EventSource | undefined;

/** Follows the state of the pool from now on. */
export function follow(): void {
  connect();
  addEventListener('offline', () => void lose());
  addEventListener('online', reconnect);
  // A phone that slept has lost its connection without being told.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && connection.value === 'reconnecting') reconnect();
  });
}

/** Tries again at once. */
export function reconnect(): void {
  if (connection.value === 'ended') return;
  backoff.reset();
  connect();
}

/** Ends here: nothing that this page could do brings the session back. */
export function end(reason: SessionEnd['reason'] | null): void {
  stream?.close();
  backoff.cancel();
  endReason.value = reason;
  connection.value = 'ended';
}

/** The slot as it was last heard of. */
export const slotOf = (number: number): SlotState | undefined =>
  viewer.value?.slots.find(({ slot }) => slot === number);

/** Whether this session may take over the slot; with null, answer what concerns the whole pool. */
export function mayControl(slot: number | null): boolean {
  const session = viewer.value?.session;
  if (session?.right !== 'control') return false;
  return session.slot === null || session.slot === slot;
}

function connect(): void {
  stream?.close();
  stream = new EventSource(viewerPaths.stateStream);
  stream.addEventListener('state', ({ data }: MessageEvent<string>) => heard(JSON.parse(data)));
  stream.addEventListener('ended', ({ data }: MessageEvent<string>) => {
    const { reason }: SessionEnd = JSON.parse(data);
    end(reason);
  });
  stream.addEventListener('error', () => void lose());
}

function heard(state: ViewerState): void {
  setViewerClock(state.now);
  backoff.reset();
  viewer.value = state;
  connection.value = 'live';
}

// An EventSource does not say why it failed; a plain request does.
async function lose(): Promise<void> {
  stream?.close();
  if (connection.value === 'ended') return;
  if (connection.value === 'live') connection.value = 'reconnecting';
  const answer = await get(viewerPaths.state);
  if (!answer.ok && answer.status === 401) end(endReason.value);
  else if (isWaiting()) backoff.schedule(connect);
}

// A session that ended, or a connection that was made, meanwhile needs no other.
const isWaiting = (): boolean => connection.value === 'connecting' || connection.value === 'reconnecting';
