import type { Change, Claim, LeaseScope, RecordedLease, RegistryEvent } from '@escarp/lease-registry';
import type { LoggedEvent } from '@escarp/transport';
import { omitUndefined } from '@escarp/contract';

type ChangeOf<T extends Change['type']> = Extract<Change, { type: T }>;

/**
 * What everyone may know of each type of event, field by field: a new field stays private until it is listed here.
 * Request ids are left out because whoever repeats a request gets its answer, including the token; digests and lease
 * ids because they concern nobody else. A new type of event does not compile without an entry.
 */
const published = {
  'resource-added': ({ key, labels, attributes, order, fence }) => ({
    key,
    labels,
    attributes: publicAttributes(attributes),
    order,
    fence,
  }),
  'resource-starting': ({ key, fence, failures, error }) => ({
    key,
    fence,
    failures,
    ...omitUndefined({ error }),
  }),
  'resource-free': ({ key, note }) => ({ key, ...omitUndefined({ note }) }),
  'resource-lost': ({ key, failures, error, retryInMs }) => ({ key, failures, error, retryInMs }),
  'resource-restarted': ({ key }) => ({ key }),
  'resource-quarantined': ({ key, failures, error, retryInMs }) => ({ key, failures, error, retryInMs }),
  'resource-draining': ({ key }) => ({ key }),
  'resource-removed': ({ key }) => ({ key }),
  'lease-granted': ({ lease }) => ({ lease: publicLease(lease) }),
  'lease-ended': ({ key, fence, holder, how, renewedAt, resetFence }) => ({
    key,
    fence,
    holder,
    how,
    renewedAt,
    resetFence,
  }),
  'lease-handed-over': ({ from, renewedAt, lease }) => ({ from, renewedAt, lease: publicLease(lease) }),
  'offer-made': ({ key, offer: { to, expiresAt, ttlMs } }) => ({ key, offer: { to, expiresAt, ttlMs } }),
  'offer-ended': ({ key, how }) => ({ key, how }),
  'waiter-queued': ({
    waiter: { scope, selector, attributes, ttlMs, queuedAt, waitTimeoutMs, arrival, claims, approval },
  }) => ({
    waiter: {
      scope: publicScope(scope),
      selector: { ...omitUndefined({ key: selector.key }), ...omitUndefined({ labels: selector.labels }) },
      attributes: publicAttributes(attributes),
      ttlMs,
      queuedAt,
      waitTimeoutMs,
      arrival,
      ...omitUndefined({ claims: claims?.map(publicClaim) }),
      ...(approval && { approval: { id: approval.id, expiresAt: approval.expiresAt } }),
    },
  }),
  'waiter-left': ({ how }) => ({ how }),
  'request-answered': () => ({}),
  'answer-forgotten': () => ({}),
  'lease-ttl-set': ({ key, fence, ttlMs }) => ({ key, fence, ttlMs }),
  'lease-prepared': ({ key, fence }) => ({ key, fence }),
  'asset-set': ({ asset: { name, capacity, approval, version } }) => ({
    asset: { name, capacity, approval, version },
  }),
  'asset-removed': ({ name }) => ({ name }),
  'approval-decided': ({ id, isApproved, by }) => ({ id, isApproved, ...omitUndefined({ by }) }),
  'control-taken': ({ key, fence, control: { by, who, reason, since, expiresAt } }) => ({
    key,
    fence,
    control: { by, since, expiresAt, ...omitUndefined({ who }), ...omitUndefined({ reason }) },
  }),
  'control-returned': ({ key, fence, control: { by, outcome, who, note, since } }) => ({
    key,
    fence,
    control: { by, outcome, since, ...omitUndefined({ who }), ...omitUndefined({ note }) },
  }),
  // The instructions for the person may be a secret between agent and person.
  'ask-made': ({ key, fence, ask: { id, reason, askedAt, expiresAt } }) => ({
    key,
    fence,
    ask: { id, reason, askedAt, expiresAt },
  }),
  'ask-answered': ({ key, fence, id, answer: { outcome, who, at } }) => ({
    key,
    fence,
    id,
    answer: { outcome, at, ...omitUndefined({ who }) },
  }),
  'clock-gap': ({ lateMs }) => ({ lateMs }),
} satisfies { [T in Change['type']]: (change: ChangeOf<T>) => object };

type Published = typeof published;

/** A change as everyone may see it. */
export type PublicChange = {
  [T in Change['type']]: { readonly type: T } & Readonly<ReturnType<Published[T]>>;
}[Change['type']];

/** An event of the journal as everyone may see it. `at` is in epoch seconds. */
export type PublicEvent = LoggedEvent & { readonly event: PublicChange };

/** An event of the journal as everyone may see it, without request ids, lease ids and digests. */
export function publicEvent({ revision, at, change }: RegistryEvent): PublicEvent {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of a change chooses the function it fits.
  const publish = published[change.type] as (change: Change) => object;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- and what that returns.
  return { revision, at: at / 1_000, event: { type: change.type, ...publish(change) } as PublicChange };
}

function publicLease(lease: RecordedLease) {
  const { key, scope, attributes, fence, ttlMs, acquiredAt, renewedAt, expiresAt, claims } = lease;
  return {
    key,
    scope: publicScope(scope),
    attributes: publicAttributes(attributes),
    fence,
    ttlMs,
    acquiredAt,
    renewedAt,
    expiresAt,
    ...omitUndefined({ claims: claims?.map(publicClaim) }),
  };
}

function publicClaim({ name, mode }: Claim) {
  return { name, mode };
}

function publicScope({ holder, tenant, run, client }: LeaseScope) {
  return { holder, ...omitUndefined({ tenant }), ...omitUndefined({ run }), ...omitUndefined({ client }) };
}

function publicAttributes({ devPort }: RecordedLease['attributes']) {
  return typeof devPort === 'number' ? { devPort } : {};
}
