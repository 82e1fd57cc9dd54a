import { setTimeout as pause } from 'node:timers/promises';
import { firstAborted } from '@escarp/contract';
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
  const signIn = broker.logins.beginSignIn(terms.name);
  try {
    return await saveOnceSignedIn(broker, lease, { request, terms, done: signIn.done, gone: signal });
  } finally {
    signIn.end();
  }
}

interface Save {
  readonly request: Request;
  readonly terms: Terms;
  /** Settles when the person says that they have signed in. */
  readonly done: Promise<void>;
  /** Aborts when whoever asked does not wait any more. */
  readonly gone: AbortSignal;
}

async function saveOnceSignedIn(broker: LoginOperations, lease: Lease, save: Save): Promise<LoginView> {
  const { request, terms, gone } = save;
  const before = await savedNow(broker, terms.name);
  const over = before?.metadata.version ?? 0;
  const { driver } = broker.slots.of(lease.key);
  // The person's browser will be signed in, however this ends, and the pool's own policy may leave that to the next holder.
  await driver.requireRecycle();
  const session = await LoginSession.begin(driver);
  try {
    const passkeys = before?.state.passkeys ?? [];
    // What signed in until now must not be lost by signing in again.
    if (request.passkeys === true || passkeys.length > 0)
      await session.lendPasskeys(withRisenCounters(passkeys, broker.options.machine.clocks.wallMs()));
    await untilSomebodySignedIn(broker, session, save);
    if (!(await session.isSignedIn(terms))) throw signedOut(request.name);
    const { state, ...told } = await session.capture(terms, undefined);
    const isHeld = (): boolean => liveLease(broker.registry.state, lease) !== undefined;
    // Whoever lost the lease meanwhile may not be who signed in.
    if (!isHeld()) throw new OperationError('lease_ended');
    gone.throwIfAborted();
    const nowMs = broker.options.machine.clocks.wallMs();
    const times = { createdAt: nowMs, capturedAt: nowMs };
    const login: SavedLogin = { metadata: { ...terms, ...told, ...times, version: over + 1 }, state };
    await saveFrom(driver, broker.logins, login, { over, isNeeded: isHeld });
    await broker.announceLogin(login);
    return broker.logins.view(login.metadata);
  } finally {
    session.close();
  }
}

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
  { stopping }: LoginOperations,
  session: LoginSession,
  { request: { url, untilUrl, untilText, timeoutS = waitDefaultS }, done, gone }: Save,
): Promise<void> {
  const over = new AbortController();
  const given = firstAborted([gone, stopping], over.signal);
  try {
    const watch = await session.watch();
    // The first page may show it already.
    const signedIn = untilSignedIn(session.devtools, watch, { url: untilUrl, text: untilText });
    const late = pause(timeoutS * 1_000, undefined, { signal: given }).then(() => {
      throw new OperationError('login_timeout');
    });
    const lost = session.devtools.closed.then(() => {
      throw new OperationError('lease_ended', {
        message: 'The browser was closed before the login was saved.',
      });
    });
    await Promise.race([signedIn, done, late, lost, failureOf(session.open(url))]);
    // What a page stores when it has loaded belongs to the login.
    const leaveDialogs = await watch.dismissDialogs();
    await untilQuiet(session.devtools, quietMs).finally(leaveDialogs);
  } catch (error) {
    if (stopping.aborted) throw new OperationError('shutting_down');
    throw error;
  } finally {
    over.abort();
  }
}

/** Settles only when the page cannot be opened: how long it takes to come is for the person to judge. */
async function failureOf(opening: Promise<void>): Promise<never> {
  await opening;
  return new Promise(() => {});
}

const quietMs = 5_000;

function signedOut(name: string): OperationError {
  return new OperationError('login_stale', {
    message: `${name} was not saved: the page of its check does not show that it is signed in.`,
    hint: 'Sign in before you say that it is done, or correct the check.',
  });
}
