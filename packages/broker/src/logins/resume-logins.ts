import type { Broker } from '../broker.js';

/** Lends the holders of logins again what an earlier daemon lent them. Never rejects. */
export async function resumeLogins({
  registry,
  slots,
  loginSessions,
}: Pick<Broker, 'registry' | 'slots' | 'loginSessions'>): Promise<void> {
  const leases = [...registry.state.leases.values()];
  await Promise.all(leases.map((lease) => loginSessions.resume(lease, slots.of(lease.key).driver)));
}
