import { resetSentence } from '@escarp/contract';
import type { LeaseView } from '@escarp/transport/client';
import { printable } from './print/printable.js';

/** Tells an agent, in words it can be given as they stand, which browser is its own and how to address it. */
export function leasePrompt(lease: LeaseView): string {
  const { slot, ports } = lease;
  return [
    `You hold browser slot ${slot}, leased to ${printable(lease.holder ?? 'you')}. It is yours alone; use no other browser.`,
    '',
    `DevTools: connect to ${lease.cdpWsUrl ?? lease.cdpHttpUrl} (HTTP discovery at ${lease.cdpHttpUrl}).`,
    ...nativeLines(lease),
    `Ports for your own servers: frontend ${ports.frontend}, backend ${ports.backend}, postgres ${ports.postgres}.`,
    '',
    'Open your pages in the tab that is there. Do not close the last tab, and do not close the browser.',
    `When you are done, close nothing and release the slot. ${resetSentence(lease.resetPolicy, lease.tier)}`,
  ].join('\n');
}

/** How computer use that sees a screen, and not a protocol, finds the slot. */
function nativeLines(lease: LeaseView): string[] {
  if (lease.headless) return ['This slot has no window: use DevTools, not screen control.'];
  if (lease.cuaAppBundleId !== null) {
    return [`Screen control: the application "${lease.cuaAppName ?? ''}" (${lease.cuaAppBundleId}).`];
  }
  const window = lease.osWindowId === null ? '' : ` window ${lease.osWindowId},`;
  const authority = lease.displayAuthority === null ? '' : ` XAUTHORITY=${lease.displayAuthority}`;
  const display = lease.display === null ? '' : ` with DISPLAY=${lease.display}${authority},`;
  return [`Screen control:${window}${display} process ${lease.ownerPid ?? lease.pid ?? 'unknown'}.`];
}
