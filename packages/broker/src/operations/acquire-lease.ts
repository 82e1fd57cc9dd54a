import type { Accept, Acquire, Claim, Lease, Reply } from '@escarp/lease-registry';
import type { Call, LeaseScope, LeaseView, OperationInput } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import { PlaceInLine } from './place-in-line.js';
import type { LeaseOperations } from './ports.js';
import { omitUndefined } from '@escarp/contract';
import { hasOwnWindow, refuseWithoutScreen, windowAttribute } from '../slots/lease-window.js';
import { recycleForHolder } from '../slots/recycle-for-holder.js';
import { keyOf } from '../slots/slot-key.js';
import { endOf, liveLease, viewOfLive } from './live-lease.js';
import { claimsOf } from './acquire-logins.js';
import { expectReply, recorded, submit } from './submit.js';
import { screenshotsWish } from '../screenshots/wanted-screenshots.js';
import { untilEvent } from '../journal/until-event.js';

type Granted = Extract<Reply, { type: 'granted' }>;

/** Leases a slot at once, after a wait in line, or by accepting a handoff. */
export async function acquireLease(
  broker: LeaseOperations,
  input: OperationInput<'acquire'>,
  call: Call,
): Promise<LeaseView> {
  if (input.handoff !== undefined) return accept(broker, input, input.handoff);
  const claims = await claimsOf(broker, input);
  const needsWindow = input.window === true && broker.options.pool.headless;
  if (needsWindow) await refuseWithoutScreen(broker.options.identity);
  const command = acquireCommand(broker, input, { claims, needsWindow });
  const place = new PlaceInLine(call.signal, broker.stopping, command.anonymous !== true);
  const reply = await untilStopping(
    broker.stopping,
    recorded(broker, broker.registry.acquire(command, place)),
  );
  const granted = expectReply(broker, reply, 'granted', input.slot);
  // Without a request id of its own a caller that has gone can never learn its token.
  if (command.anonymous === true) call.onUndelivered(() => retract(broker, command, granted));
  await untilSound(broker, granted.lease);
  await untilPrepared(broker, command, granted.lease);
  return freshView(broker, granted.lease);
}

function acquireCommand(
  broker: LeaseOperations,
  input: OperationInput<'acquire'>,
  { claims, needsWindow }: { claims: readonly Claim[] | undefined; needsWindow: boolean },
): Acquire {
  const { requestId, slot, labels, waitS } = input;
  const { attributes, ...lease } = newLease(broker, input);
  return {
    type: 'acquire',
    requestId: requestId ?? broker.options.machine.clocks.newId(),
    anonymous: requestId === undefined,
    ...lease,
    attributes: needsWindow ? { ...attributes, [windowAttribute]: true } : attributes,
    selector: { ...(slot === undefined ? {} : { key: keyOf({ slot }) }), ...omitUndefined({ labels }) },
    ...omitUndefined({ claims }),
    ...(claims === undefined && !needsWindow ? {} : { prepare: true }),
    ...(waitS === undefined ? {} : { waitMs: waitS * 1_000 }),
  };
}

async function accept(
  broker: LeaseOperations,
  input: OperationInput<'acquire'>,
  code: string,
): Promise<LeaseView> {
  refuseWishes(input);
  const command: Accept = {
    type: 'accept',
    requestId: input.requestId ?? broker.options.machine.clocks.newId(),
    ...newLease(broker, input),
    codeDigest: broker.tokens.digestOf(code),
    // Whatever launches the slot's browser goes by it.
    keeps: [windowAttribute],
  };
  const granted = expectReply(broker, await submit(broker, command), 'granted');
  // The former holder's screenshots end before this one is told where the browser is.
  await broker.screenshots.letGo();
  return freshView(broker, granted.lease);
}

/** A slot is handed over as it is. What would need another slot, or another browser, is refused and not passed over. */
function refuseWishes({ slot, labels, login, updateLogin, window }: OperationInput<'acquire'>): void {
  const wishes = { slot, labels, login, update_login: updateLogin || undefined, window: window || undefined };
  const field = Object.entries(wishes).find(([, wish]) => wish !== undefined)?.[0];
  if (field === undefined) return;
  throw new OperationError('bad_request', {
    message: `A slot is handed over as it is, so ${field} is of no use with handoff.`,
    hint: `Leave out ${field}, or acquire a slot without handoff.`,
    details: { field },
  });
}

function newLease(broker: LeaseOperations, input: OperationInput<'acquire'>) {
  const { scope, ttlS, devPort } = input;
  const leaseId = broker.options.machine.clocks.newId();
  const tokenDigest = broker.tokens.digestOf(broker.tokens.tokenOf(leaseId));
  const ttl = ttlS === undefined ? {} : { ttlMs: ttlS * 1_000 };
  const screenshots = screenshotsWish(input, broker.options.settings, broker.screenshots.canBeTaken);
  const attributes = omitUndefined({ devPort, screenshots });
  return { leaseId, tokenDigest, scope: plainScope(scope), attributes, ...ttl };
}

function plainScope({ holder, tenant, run, client }: LeaseScope) {
  return { holder, ...omitUndefined({ tenant, run, client }) };
}

function untilStopping<T>(stopping: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new OperationError('shutting_down'));
    if (stopping.aborted) stop();
    stopping.addEventListener('abort', stop);
    void work.then(resolve, reject).finally(() => stopping.removeEventListener('abort', stop));
  });
}

function retract(broker: LeaseOperations, { requestId }: Acquire, { lease }: Granted): void {
  const { tokenDigest } = lease;
  void broker.registry.submit({ type: 'retract', tokenDigest, requestId }).catch(() => {
    // The registry keeps what it could not write.
  });
}

/**
 * A browser that had died and that nobody knew of is replaced before its address is told. Throws `browser_launch_failed`
 * when that ends the lease, and `shutting_down` when the daemon stops first.
 */
async function untilSound(broker: LeaseOperations, lease: Lease): Promise<void> {
  const { registry, feed, stopping } = broker;
  const isHeld = (): boolean => liveLease(registry.state, lease) !== undefined;
  const isRecovering = (): boolean => registry.state.resources.get(lease.key)?.recovering === true;
  // What came back by its request id may have ended long ago.
  if (!isHeld() || ((await broker.slots.of(lease.key).controller.checkGranted(lease)) && !isRecovering()))
    return;
  await untilEvent(feed, [stopping], () => !isHeld() || !isRecovering());
  if (isHeld() && isRecovering()) throw new OperationError('shutting_down');
  if (isHeld()) return;
  const ended = await endOf(broker, lease);
  if (ended.details?.['how'] !== 'resource_lost') throw ended;
  const { lastError } = registry.state.resources.get(lease.key) ?? {};
  throw new OperationError('browser_launch_failed', { details: { lastError } });
}

/**
 * Gives the slot its window and signs the browser in before anybody is told where it is. Where that fails the lease ends, and
 * the request may be made again.
 */
async function untilPrepared(broker: LeaseOperations, { requestId }: Acquire, asked: Lease): Promise<void> {
  const lease = liveLease(broker.registry.state, asked);
  if (lease?.preparing !== true) return;
  const { key, fence } = lease;
  try {
    await broker.preparing.run(lease, () => prepare(broker, lease));
  } catch (error) {
    await submit(broker, { type: 'prepare-failed', key, fence, requestId });
    throw error;
  }
  await submit(broker, { type: 'prepared', key, fence });
}

async function prepare(
  { registry, slots, loginSessions, known, stopping }: LeaseOperations,
  lease: Lease,
): Promise<void> {
  const { driver, window } = slots.of(lease.key);
  const isSignedIn = lease.claims.length > 0;
  // Any other reset leaves what a login must not meet, such as the history and who is still connected.
  if (hasOwnWindow(lease) || (isSignedIn && known.resetPolicy !== 'recycle')) await recycleForHolder(driver);
  // It may have ended meanwhile, and the browser be meant for somebody else.
  if (liveLease(registry.state, lease) === undefined) throw new OperationError('lease_ended');
  if (isSignedIn) await loginSessions.prepare(lease, driver);
  // A full login has the browser started anew, and a browser answers before it has a window.
  await window.untilUp(stopping);
}

/** The view after asking the system for the window once more: a new holder must be pointed at the right one. */
async function freshView(broker: LeaseOperations, lease: Lease): Promise<LeaseView> {
  if (liveLease(broker.registry.state, lease) !== undefined) {
    await broker.slots.of(lease.key).window.refresh();
  }
  return viewOfLive(broker, lease, broker.tokens.tokenOf(lease.id));
}
