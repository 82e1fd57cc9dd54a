import type { LeaseView } from '@escarp/transport/client';

/** The variables that a command running on a slot finds in its environment. */
export function leaseVariables(lease: LeaseView, brokerUrl: string): Record<string, string> {
  const { ports } = lease;
  return {
    ESCARP_BROKER_URL: brokerUrl,
    ESCARP_SLOT: String(lease.slot),
    ESCARP_LEASE_TOKEN: lease.leaseToken,
    ESCARP_CDP_WS_URL: lease.cdpWsUrl ?? '',
    ESCARP_CDP_HTTP_URL: lease.cdpHttpUrl,
    ESCARP_CDP_PORT: String(lease.cdpPort),
    ESCARP_FRONTEND_PORT: String(ports.frontend),
    ESCARP_BACKEND_PORT: String(ports.backend),
    ESCARP_POSTGRES_PORT: String(ports.postgres),
    ...(lease.display === null ? {} : { ESCARP_DISPLAY: lease.display }),
    ...(lease.displayAuthority === null ? {} : { ESCARP_XAUTHORITY: lease.displayAuthority }),
    ...(lease.osWindowId === null ? {} : { ESCARP_WINDOW_ID: String(lease.osWindowId) }),
    ...(lease.cuaAppBundleId === null ? {} : { ESCARP_APP_BUNDLE_ID: lease.cuaAppBundleId }),
  };
}

/** The same as commands for a POSIX shell, quoted so that nothing in them is ever executed. */
export function exportLines(lease: LeaseView, brokerUrl: string): string[] {
  return Object.entries(leaseVariables(lease, brokerUrl)).map(
    ([name, value]) => `export ${name}=${quoted(value)}`,
  );
}

/** A value as one word of a POSIX shell, quoted only if it must be. */
export function shellWord(value: string): string {
  return /^[\w@%+:,./-]+$/.test(value) ? value : quoted(value);
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
