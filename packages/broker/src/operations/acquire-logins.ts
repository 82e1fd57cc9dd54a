import type { Claim } from '@escarp/lease-registry';
import type { SavedLogin } from '@escarp/saved-logins';
import type { OperationInput } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import { refuseCombined } from '../logins/full-logins.js';
import { announceLogin } from '../logins/announce-login.js';
import type { LeaseOperations } from './ports.js';
import { expectReply, recorded } from './submit.js';

/**
 * What a request for logins claims besides a slot. The registry is told of each login as it is now. Rejects when one of
 * them cannot be leased.
 */
export async function claimsOf(
  broker: LeaseOperations,
  { login, updateLogin = false }: OperationInput<'acquire'>,
): Promise<readonly Claim[] | undefined> {
  if (login === undefined) {
    if (updateLogin) throw badRequest('update_login', 'update_login is of no use without login.');
    return undefined;
  }
  const names = typeof login === 'string' ? [login] : login;
  if (new Set(names).size < names.length) throw badRequest('login', 'The same login is asked for twice.');
  if (updateLogin && names.length > 1)
    throw badRequest('update_login', 'Only one login at a time can be updated.');
  const opened: SavedLogin[] = [];
  for (const name of names) opened.push(await broker.logins.openReady(name));
  refuseCombined(opened);
  for (const ready of opened) {
    if (updateLogin && ready.metadata.check === null) throw uncheckedError(ready.metadata.name);
    expectReply(broker, await recorded(broker, announceLogin(broker.registry, ready)), 'done');
  }
  return names.map((name) => ({ name, mode: updateLogin ? 'update' : 'shared' }));
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
