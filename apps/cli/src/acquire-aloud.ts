import type { Client, LeaseView, OperationRequest, PoolStatus } from '@escarp/transport/client';
import { printable } from './print/printable.js';

type Request = OperationRequest<'acquire'>;

/** A free slot is leased well within this time, in milliseconds, so only who really waits is told. */
const silentMs = 1_000;

/**
 * Leases a slot. If that takes longer than a moment, `say` gets a line about what the request waits for: a command that
 * waits in silence looks like one that hangs, and a person who has to approve it would never know.
 */
export async function acquireAloud(
  client: Client,
  request: Request,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (line: string) => void },
): Promise<LeaseView> {
  const over = new AbortController();
  const timer = setTimeout(() => {
    // Whatever keeps the daemon from answering is reported by the request itself.
    void client.status({}, { signal: over.signal }).then(
      (status) => over.signal.aborted || whatFor(status, request).forEach((line) => say(line)),
      () => {},
    );
  }, silentMs);
  try {
    return await client.acquire(request, { signal });
  } finally {
    clearTimeout(timer);
    // A silent daemon must not keep this program from ending.
    over.abort();
  }
}

/** What a request waits for that has no answer yet. Empty if the status does not tell. */
function whatFor({ slots, approvals = [] }: PoolStatus, { holder, client, login = [] }: Request): string[] {
  const names = [login].flat();
  const logins = `the login ${printable(names.join(', '))}`;
  const approval = approvals.find((one) => one.holder === holder && one.client === client);
  if (approval !== undefined)
    return [`Waiting for a person to approve ${logins}, with escarp approve ${approval.id}.`];
  if (slots.every(({ state }) => state === 'leased'))
    return [`Waiting for a slot: ${allAreLeased(slots.length)}.`];
  // The status does not tell which lease has a login.
  return names.length === 0 ? [] : [`Waiting until ${logins} is free and a browser is signed in with it.`];
}

/** That a pool of this size is full, as the end of a sentence. */
export function allAreLeased(size: number): string {
  return size === 1 ? 'the only one is leased' : `all ${size} are leased`;
}
