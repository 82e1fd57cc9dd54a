import type { Registry } from '@escarp/lease-registry';
import type { Slots } from '../slots/slots.js';
import type { LoginSessions } from './login-sessions.js';

interface Resuming {
  readonly registry: Registry;
  readonly slots: Slots;
  readonly loginSessions: LoginSessions;
}

/** Lends the holders of logins again what an earlier daemon lent them. Never rejects. */
export async function resumeLogins({ registry, slots, loginSessions }: Resuming): Promise<void> {
  const leases = [...registry.state.leases.values()];
  await Promise.all(leases.map((lease) => loginSessions.resume(lease, slots.of(lease.key).driver)));
}
