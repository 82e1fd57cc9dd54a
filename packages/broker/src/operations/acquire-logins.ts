import type { Claim } from '@escarp/lease-registry';
import type { SavedLogin } from '@escarp/saved-logins';
import type { OperationInput } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import type { LeaseOperations } from './ports.js';
import { expectReply, submit } from './submit.js';

/**
 * What a request for logins claims besides a slot. The registry is told of each login as it is now. Rejects when one of
 * them cannot be leased.
 */
export async function claimsOf(
  broker: LeaseOperations,
  { login, updateLogin = false }: OperationInput<'acquire'>,
): Promise<readonly Claim[] | undefined> {
  if (login === undefined) {
    if (updateLogin) throw badRequest('updateLogin', 'update_login is of no use without login.');
    return undefined;
  }
  const names = typeof login === 'string' ? [login] : login;
  if (new Set(names).size < names.length) throw badRequest('login', 'The same login is asked for twice.');
  if (updateLogin && names.length > 1)
    throw badRequest('updateLogin', 'Only one login at a time can be updated.');
  for (const name of names) {
    const ready = await broker.logins.openReady(name);
    if (updateLogin && ready.metadata.check === null) throw uncheckedError(name);
    await announceLogin(broker, ready);
  }
  return names.map((name) => ({ name, mode: updateLogin ? 'update' : 'shared' }));
}

/** Tells the registry of a login, unless it knows it as it is. */
export async function announceLogin(
  broker: Pick<LeaseOperations, 'registry' | 'journal' | 'metrics' | 'known' | 'options'>,
  { metadata: { name, version, access, needsApproval: approval } }: SavedLogin,
): Promise<void> {
  const capacity = access.mode === 'shared' ? access.holdersMax : 1;
  const asset = broker.registry.state.assets.get(name);
  if (asset?.version === version && asset.capacity === capacity && asset.approval === approval) return;
  const reply = await submit(broker, { type: 'asset-set', name, capacity, approval, version });
  expectReply(broker, reply, 'done');
}

function uncheckedError(name: string): OperationError {
  return new OperationError('bad_request', {
    message: `The login ${name} has no check, and is therefore never saved anew.`,
    hint: 'Sign in again with escarp login, --check-url and --check-text.',
    details: { field: 'update_login' },
  });
}

function badRequest(field: string, message: string): OperationError {
  return new OperationError('bad_request', { message, details: { field } });
}
