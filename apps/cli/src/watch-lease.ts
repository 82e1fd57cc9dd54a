import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { DaemonAddress } from '@escarp/broker/home';
import type { HeldLease } from '@escarp/transport/client';

const againMs = 1_000;
const word = 'lease-ended';

/**
 * Learns at once that a lease was revoked, and not at the next heartbeat, when the slot may be somebody else's already.
 * The daemon announces the end of any lease to everybody; a heartbeat then shows whether it was this one. If the daemon
 * announces nothing, because too many follow its events, a heartbeat is sent every second. Aborting the signal ends the
 * watch.
 */
export async function watchLease(
  held: HeldLease,
  { baseUrl, token }: DaemonAddress,
  signal: AbortSignal,
): Promise<void> {
  const ask = (): void => void held.renew().catch(() => {});
  while (!signal.aborted) {
    try {
      const events = await openEvents(`${baseUrl.replace(/\/+$/, '')}/events`, token, signal);
      ask();
      await eachEnd(events, ask);
    } catch {
      // The events are not served, or the connection broke.
    }
    ask();
    await pause(againMs, undefined, { signal, ref: false }).catch(() => {});
  }
}

async function openEvents(
  url: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { get } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  return new Promise((resolve, reject) => {
    // An agent that is created for this request alone uses no proxy.
    const request = get(url, {
      agent: false,
      signal,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      if (response.statusCode === 200) return resolve(response);
      response.destroy();
      reject(new Error(`The daemon answered ${response.statusCode} to GET /events.`));
    });
  });
}

async function eachEnd(events: IncomingMessage, onEnd: () => void): Promise<void> {
  events.setEncoding('utf8');
  let tail = '';
  for await (const chunk of events) {
    const text = tail + String(chunk);
    if (text.includes(word)) onEnd();
    // A word that was cut in two is complete with the next piece; one that was complete is not seen again.
    tail = text.slice(text.lastIndexOf(word) + 1).slice(1 - word.length);
  }
}
