import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@escarp/transport/client';

const everyMs = 100;

/** Resolves when no slot is on its way any more: each is up, or has failed and says why. */
export async function untilSlotsAreUp(client: Client, interrupted: AbortSignal): Promise<void> {
  for (;;) {
    const { slots } = await client.status();
    if (!slots.some(({ state }) => state === 'starting' || state === 'resetting')) return;
    await pause(everyMs, undefined, { signal: interrupted });
  }
}
