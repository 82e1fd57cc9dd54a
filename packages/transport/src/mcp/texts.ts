import { resetSentence } from '@escarp/contract';
import type { LeaseView } from '../lease-view.js';
import type { OperationError } from '../operation-error.js';

export const serverInstructions =
  'escarp leases real browsers to agents, one each. Call escarp_acquire before browser work, connect to the address ' +
  'it answers with, and call escarp_release when you are done. The lease is renewed for you while this session ' +
  'lives. If a tool tells you that the lease was lost, stop using the old address and acquire again.';

export function acquireInstructions({
  slot,
  cdpWsUrl,
  cdpHttpUrl,
  ports,
  osWindowId,
  cuaAppName,
  resetPolicy,
  tier,
}: LeaseView): string {
  return [
    `Slot ${slot} is yours alone until you call escarp_release or this session ends; it is renewed for you.`,
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

export function lossNotice(loss: OperationError, now: 'acquired' | 'none'): string {
  const advice =
    now === 'acquired'
      ? 'What was open in the browser is gone; this is a new lease, so connect to its address.'
      : 'Do not use its address any more: another agent may hold it. Call escarp_acquire for another browser.';
  return `Your earlier lease was lost: ${loss.message} ${advice}`;
}
