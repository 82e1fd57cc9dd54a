import { resetSentence } from '@escarp/contract';
import type { LeaseView } from './lease-view.js';

/** What depends on how the lease was acquired. */
export interface LeaseTerms {
  /** The end of the sentence "It is yours alone until …". */
  readonly until: string;
  /** The beginning of the sentence "… when you are done." */
  readonly release: string;
  /** Sentences about other tools that take the lease. Default: none. */
  readonly notes?: readonly string[];
}

/** Tells an agent how to use the browser it was given, one point per line, in words that can be passed on unchanged. */
export function leaseInstructions(lease: LeaseView, { until, release, notes = [] }: LeaseTerms): string[] {
  const { slot, cdpWsUrl, cdpHttpUrl, ports, resetPolicy, tier } = lease;
  return [
    `You hold browser slot ${slot}. It is yours alone until ${until}.`,
    ...notes,
    `Connect over CDP: ${cdpWsUrl ?? cdpHttpUrl} (Playwright: chromium.connectOverCDP(url, { noDefaults: true }); ` +
      `tools that discover it over HTTP: ${cdpHttpUrl}).`,
    screenControl(lease),
    `Ports for your own servers: frontend ${ports.frontend}, backend ${ports.backend}, postgres ${ports.postgres}.`,
    'Do not connect to another port: it belongs to another agent. Keep at least one tab open, and do not close the browser.',
    `${release} when you are done. ${resetSentence(resetPolicy, tier)}`,
  ];
}

/** How an agent that uses the screen finds the slot. */
function screenControl(lease: LeaseView): string {
  if (lease.headless) return 'This slot has no window: use CDP, not screen control.';
  if (lease.cuaAppBundleId !== null) {
    return `For screen control, use only the application "${lease.cuaAppName ?? ''}" (${lease.cuaAppBundleId}).`;
  }
  const window = lease.osWindowId === null ? 'the window' : `window ${lease.osWindowId}`;
  const authority = lease.displayAuthority === null ? '' : ` XAUTHORITY=${lease.displayAuthority}`;
  const display = lease.display === null ? '' : `, with DISPLAY=${lease.display}${authority}`;
  return `For screen control, use only ${window} of process ${lease.ownerPid ?? lease.pid ?? 'unknown'}${display}.`;
}
