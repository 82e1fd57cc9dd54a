import { setTimeout as pause } from 'node:timers/promises';
import type { Lease } from '@escarp/lease-registry';
import type { LoginMetadata, SavedLogin } from '@escarp/saved-logins';
import {
  checkLoginName,
  untilQuiet,
  untilSignedIn,
  webOrigin,
  withRisenCounters,
} from '@escarp/saved-logins';
import type { Call, LoginView, OperationInput } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import { liveLease } from '../operations/live-lease.js';
import type { LoginOperations } from '../operations/ports.js';
import { saveFrom } from './full-logins.js';
import { withLogins } from './login-error.js';
import { LoginSession } from './login-session.js';

type Request = OperationInput<'loginSave'>;

const waitDefaultS = 300;
const maxAgeDefaultS = 30 * 24 * 3_600;

/** Opens the page in the leased slot, waits for the person, and seals what the browser keeps then. */
export async function saveLogin(
  broker: LoginOperations,
  lease: Lease,
  request: Request,
  { signal }: Call,
): Promise<LoginView> {
  const terms = await withLogins(async () => termsOf(request));
  const before = await savedNow(broker, request.name);
  const over = before?.metadata.version ?? 0;
  if (broker.logins.isSigningIn(request.name))
    throw new OperationError('login_in_use', { message: underWay });
  const { driver } = broker.slots.of(lease.key);
  // The person's browser will be signed in, however this ends, and the pool's own policy may leave that to the next holder.
  await driver.requireRecycle();
  const session = await LoginSession.begin(driver);
  try {
    const passkeys = before?.state.passkeys ?? [];
    // What signed in until now must not be lost by signing in again.
    if (request.passkeys === true || passkeys.length > 0)
      await session.lendPasskeys(withRisenCounters(passkeys, broker.options.machine.clocks.wallMs()));
    await untilSomebodySignedIn(broker, session, request, signal);
    if (!(await session.isSignedIn(terms))) throw signedOut(request.name);
    const { state, ...told } = await session.capture(terms.limitedTo, undefined);
    // Whoever lost the lease meanwhile may not be who signed in.
    if (liveLease(broker.registry.state, lease) === undefined) throw new OperationError('lease_ended');
    signal.throwIfAborted();
    const nowMs = broker.options.machine.clocks.wallMs();
    const times = { createdAt: nowMs, capturedAt: nowMs };
    const captured: SavedLogin = { metadata: { ...terms, ...told, ...times, version: over + 1 }, state };
    const login = await saveFrom(driver, broker.logins, captured, { over, goesOn: true });
    await broker.announceLogin(login);
    return broker.logins.view(login.metadata);
  } finally {
    session.close();
  }
}

const underWay = 'Somebody is signing in for this login already.';

type Terms = Omit<
  LoginMetadata,
  'version' | 'createdAt' | 'capturedAt' | 'cookies' | 'origins' | 'passkeys' | 'notHeld'
>;

function termsOf(request: Request): Terms {
  const { name, url, origins = [], full = false, maxAgeS = maxAgeDefaultS, holdersMax = 1 } = request;
  if (full && origins.length > 0)
    throw new OperationError('bad_request', {
      message: 'A full login holds every origin that is visited.',
      hint: 'Leave out the origins, or save it without its profile.',
      details: { field: 'origins' },
    });
  return {
    name: checkLoginName(name),
    form: full ? 'profile' : 'state',
    url,
    limitedTo: full || request.allOrigins === true ? null : [...new Set([url, ...origins].map(originOf))],
    maxAgeMs: maxAgeS * 1_000,
    access: holdersMax === 1 ? { mode: 'exclusive' } : { mode: 'shared', holdersMax },
    needsApproval: request.needsApproval ?? false,
    check: checkOf(request),
  };
}

function originOf(url: string): string {
  const origin = webOrigin(url);
  if (origin !== undefined) return origin;
  throw new OperationError('bad_request', {
    message: 'The address of a site begins with http:// or https://.',
  });
}

function checkOf({ checkUrl: url, checkText: text }: Request): LoginMetadata['check'] {
  if (url === undefined && text === undefined) return null;
  if (url !== undefined && text !== undefined) return { url, text };
  throw new OperationError('bad_request', { message: 'A check needs both its address and its text.' });
}

/** Undefined for a login that is not there yet. */
async function savedNow({ logins }: LoginOperations, name: string): Promise<SavedLogin | undefined> {
  return logins.open(name).catch((error: unknown) => {
    if (error instanceof OperationError && error.code === 'login_unknown') return undefined;
    throw error;
  });
}

async function untilSomebodySignedIn(
  { logins, stopping }: LoginOperations,
  session: LoginSession,
  { name, url, untilUrl, untilText, timeoutS = waitDefaultS }: Request,
  gone: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const given = AbortSignal.any([gone, stopping, over.signal]);
  try {
    const watch = await session.watch();
    // The first page may show it already.
    const signedIn = untilSignedIn(session.devtools, watch, { url: untilUrl, text: untilText });
    await session.open(url);
    const late = pause(timeoutS * 1_000, undefined, { signal: given }).then(() => {
      throw new OperationError('login_timeout');
    });
    const lost = session.devtools.closed.then(() => {
      throw new OperationError('lease_ended', {
        message: 'The browser was closed before the login was saved.',
      });
    });
    await Promise.race([signedIn, logins.untilDone(name, over.signal), late, lost]);
    // What a page stores when it has loaded belongs to the login.
    await untilQuiet(session.devtools, quietMs);
  } catch (error) {
    if (stopping.aborted) throw new OperationError('shutting_down');
    throw error;
  } finally {
    over.abort();
  }
}

const quietMs = 5_000;

function signedOut(name: string): OperationError {
  return new OperationError('login_stale', {
    message: `${name} was not saved: the page of its check does not show that it is signed in.`,
    hint: 'Sign in before you say that it is done, or correct the check.',
  });
}
