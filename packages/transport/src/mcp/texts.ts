import { resetSentence } from '@escarp/contract';
import type { LeaseView } from '../lease-view.js';
import type { OperationError } from '../operation-error.js';

export const serverInstructions =
  'escarp leases real browsers to agents, one for each. Call escarp_acquire before browser work and escarp_release when ' +
  'you are done. escarp_acquire answers with a lease: pass it as `lease` in your other calls. It may be left out while ' +
  'only one lease is held here. Every subagent acquires a lease of its own and passes its name as agent. A call with ' +
  'a lease that has ended is answered lease_ended, how and when: stop using the old address and acquire again.';

/** How to use a lease; `pages` where page tools are served beside. */
export function acquireInstructions(
  { slot, handle, cdpWsUrl, cdpHttpUrl, ports, osWindowId, cuaAppName, resetPolicy, tier }: LeaseView,
  pages = false,
): string {
  return [
    `Slot ${slot} is yours alone until you call escarp_release or this session ends; it is renewed for you.`,
    ...(pages ? [`Pass lease "${handle}" to the page tools.`] : []),
    `Connect over CDP: ${cdpWsUrl ?? cdpHttpUrl} (Playwright: chromium.connectOverCDP(url, { noDefaults: true }); ` +
      `tools that discover by HTTP: ${cdpHttpUrl}).`,
    'Never attach to another port: it belongs to another agent. Keep at least one tab open and do not close the browser.',
    `Ports for your own servers: frontend ${ports.frontend}, backend ${ports.backend}, postgres ${ports.postgres}.`,
    ...(osWindowId === null
      ? []
      : [
          `For native control, use window ${osWindowId}${cuaAppName === null ? '' : ` of "${cuaAppName}"`} only.`,
        ]),
    `Call escarp_release when you are done. ${resetSentence(resetPolicy, tier)}`,
  ].join(' ');
}

export function lossNotice(losses: readonly OperationError[], now: 'acquired' | 'none'): string {
  const what = losses.map(({ message }) => `Your earlier lease was lost: ${message}`).join(' ');
  const advice =
    now === 'acquired'
      ? 'What was open in the browser is gone; this is a new lease, so connect to its address.'
      : 'Do not use its address any more: another agent may hold it. Call escarp_acquire for another browser.';
  return `${what} ${advice}`;
}

export const reattachedNotice =
  'This is the lease that an earlier session of this working tree still held: what was open in the browser is still there.';
