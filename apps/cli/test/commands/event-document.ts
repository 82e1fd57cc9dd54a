import * as v from 'valibot';

const text = v.pipe(v.string(), v.nonEmpty());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const mended = { failures: count, error: text, retryInMs: v.number() };
const labels = v.record(v.string(), v.string());
const attributes = v.record(v.string(), v.unknown());
const scope = v.strictObject({
  holder: text,
  tenant: v.optional(text),
  run: v.optional(text),
  client: v.optional(text),
});
const party = { scope, attributes, ttlMs: v.number() };
const claim = v.strictObject({ name: text, mode: v.picklist(['shared', 'update', 'exclusive']) });
const lease = v.strictObject({
  ...party,
  key: text,
  fence: count,
  acquiredAt: v.number(),
  renewedAt: v.number(),
  expiresAt: v.number(),
  claims: v.optional(v.array(claim)),
});
const waiter = v.strictObject({
  ...party,
  selector: v.strictObject({ key: v.optional(text), labels: v.optional(labels) }),
  queuedAt: v.number(),
  waitTimeoutMs: v.number(),
  arrival: count,
  claims: v.optional(v.array(claim)),
  approval: v.optional(v.strictObject({ id: text, expiresAt: v.number() })),
});
const ofLease = { key: text, fence: count };
const who = v.optional(text);
const outcome = v.picklist(['done', 'declined', 'timed_out']);
const offer = v.strictObject({ to: text, expiresAt: v.number(), ttlMs: v.number() });

const event = <Type extends string, Entries extends v.ObjectEntries>(type: Type, entries: Entries) =>
  v.strictObject({ type: v.literal(type), ...entries });

/** What `escarp log` prints about an event: never the id or token of a lease, or what was requested with it. */
export const eventDocument = v.variant('type', [
  event('resource-added', { key: text, labels, attributes, order: count, fence: count }),
  event('resource-starting', { key: text, fence: count, failures: count, error: v.optional(text) }),
  event('resource-free', { key: text, note: v.optional(text) }),
  event('resource-lost', { key: text, ...mended }),
  event('resource-restarted', { key: text }),
  event('resource-quarantined', { key: text, ...mended }),
  event('resource-draining', { key: text }),
  event('resource-removed', { key: text }),
  event('lease-granted', { lease }),
  event('lease-ended', {
    key: text,
    fence: count,
    holder: text,
    how: v.picklist([
      'released',
      'expired',
      'revoked',
      'retracted',
      'handed_over',
      'resource_lost',
      'unprepared',
    ]),
    renewedAt: v.number(),
    resetFence: count,
  }),
  event('lease-handed-over', { from: count, renewedAt: v.number(), lease }),
  event('offer-made', { key: text, offer }),
  event('offer-ended', { key: text, how: v.picklist(['expired', 'replaced']) }),
  event('waiter-queued', { waiter }),
  event('waiter-left', { how: v.picklist(['granted', 'timed_out', 'cancelled', 'refused']) }),
  event('lease-ttl-set', { ...ofLease, ttlMs: count }),
  event('lease-prepared', ofLease),
  event('asset-set', {
    asset: v.strictObject({ name: text, capacity: count, approval: v.boolean(), version: count }),
  }),
  event('asset-removed', { name: text }),
  event('approval-decided', { id: text, isApproved: v.boolean(), by: who }),
  event('control-taken', {
    ...ofLease,
    control: v.strictObject({
      by: v.literal('human'),
      since: v.number(),
      expiresAt: v.number(),
      who,
      reason: v.optional(text),
    }),
  }),
  event('control-returned', {
    ...ofLease,
    control: v.strictObject({
      by: v.literal('agent'),
      outcome,
      since: v.number(),
      who,
      note: v.optional(text),
    }),
  }),
  event('ask-made', {
    ...ofLease,
    ask: v.strictObject({ id: text, reason: text, askedAt: v.number(), expiresAt: v.number() }),
  }),
  event('ask-answered', { ...ofLease, id: text, answer: v.strictObject({ outcome, at: v.number(), who }) }),
  event('clock-gap', { lateMs: v.number() }),
]);
