import type { RefusalCode, Refused } from '@escarp/lease-registry';
import type { ErrorCode, SlotView } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import { poolStanding, retryAfter, standingOf } from './pool-standing.js';

/** The registry calls them resources, the contract slots. All other names are the same. */
const contractCode = {
  bad_request: 'bad_request',
  unknown_resource: 'unknown_slot',
  unknown_lease: 'unknown_lease',
  unknown_handoff: 'unknown_handoff',
  lease_ended: 'lease_ended',
  pool_exhausted: 'pool_exhausted',
  resource_leased: 'slot_leased',
  resource_not_ready: 'slot_not_ready',
  resource_not_leased: 'unknown_lease',
  resource_already_added: 'slot_already_in_pool',
  quota_exceeded: 'quota_exceeded',
  too_many_waiting: 'too_many_waiting',
  wait_timeout: 'wait_timeout',
  wait_cancelled: 'wait_timeout',
  request_conflict: 'request_conflict',
  handoff_not_for_you: 'handoff_not_for_you',
  // Saved logins are the only assets that leases of slots claim.
  unknown_asset: 'login_unknown',
  asset_busy: 'login_in_use',
  asset_in_use: 'login_in_use',
  too_many_assets: 'quota_exceeded',
  version_conflict: 'request_conflict',
  approval_required: 'approval_required',
  approval_denied: 'approval_denied',
  approval_timeout: 'approval_timeout',
  unknown_approval: 'unknown_approval',
  unknown_ask: 'unknown_ask',
  human_in_control: 'human_in_control',
} as const satisfies Record<RefusalCode, ErrorCode>;

const nextActions = [
  'Ask again with wait_s to wait in the queue for the next free slot.',
  'Ask again after retry_after_s.',
  'Add a slot: escarp pool add.',
];

const nextActionsWhenBroken = [
  'Run escarp doctor to see why.',
  'Ask again after retry_after_s: failed slots are retried automatically.',
];

/**
 * What the caller is told. The snapshot names holders by their labels and contains none of their tokens or ids. `slot`
 * is the one that was asked for, if any.
 */
export function refusalError(refused: Refused, snapshot: () => SlotView[], slot?: number): OperationError {
  const code = contractCode[refused.code];
  if (code === 'pool_exhausted' || (code === 'wait_timeout' && slot === undefined)) {
    return shortageError(refused, code, snapshot());
  }
  const retryAfterS = wholeSeconds(refused.retryAfterMs);
  const { queueLength } = refused;
  const wanted =
    code === 'slot_not_ready' || code === 'wait_timeout'
      ? snapshot().find((view) => view.slot === slot && view.state !== 'free')
      : undefined;
  const standing = wanted && {
    message: standingOf(wanted),
    details: standingDetails(wanted),
    ...(wanted.state === 'quarantined' ? { retryAfterS: retryAfter(wanted) } : {}),
  };
  const estimateS = estimateOf(refused);
  return new OperationError(code, {
    retryAfterS,
    queueLength,
    estimateS,
    ...particulars(refused),
    ...standing,
  });
}

/** A broken pool is never called busy. */
function shortageError(refused: Refused, code: 'pool_exhausted' | 'wait_timeout', slots: SlotView[]) {
  const { isBroken, message, retryAfterS } = poolStanding(slots);
  if (isBroken) {
    return new OperationError('no_slot_available', {
      message,
      snapshot: slots,
      retryAfterS,
      nextActions: nextActionsWhenBroken,
      details: { slots: slots.map(standingDetails) },
    });
  }
  const line = { queueLength: refused.queueLength, estimateS: estimateOf(refused) };
  if (code === 'wait_timeout') {
    return new OperationError(code, { retryAfterS: wholeSeconds(refused.retryAfterMs), ...line });
  }
  return new OperationError(code, {
    ...(slots.length === 0 ? {} : { message }),
    snapshot: slots,
    retryAfterS: wholeSeconds(refused.retryAfterMs),
    ...line,
    nextActions,
  });
}

function standingDetails({ slot, state, lastError, retryAfterS }: SlotView) {
  return { slot, state, lastError, retryAfterS };
}

function estimateOf({ estimateMs }: Refused): number | undefined {
  return estimateMs === undefined ? undefined : Math.ceil(estimateMs / 1_000);
}

/** None if nothing becomes free by the passing of time alone. */
function wholeSeconds(ms = Infinity): number | undefined {
  return Number.isFinite(ms) ? Math.ceil(ms / 1_000) : undefined;
}

function particulars({ code, subject, ended, note }: Refused) {
  if (note !== undefined) return { details: { note } };
  if (ended !== undefined) {
    const endedAt = ended.endedAt / 1_000;
    return {
      message: `This lease was ${wordsFor[ended.how]} at ${new Date(ended.endedAt).toISOString()}.`,
      details: { how: ended.how, endedAt },
    };
  }
  if (code === 'unknown_asset' || code === 'asset_busy' || code === 'asset_in_use') {
    return { details: { login: subject } };
  }
  if (subject === 'asks') {
    const message = 'As many questions are open for this lease as are allowed.';
    return { message, hint: 'Wait until one of them has been answered.', details: { quota: subject } };
  }
  if (code === 'too_many_assets') {
    const message = 'As many logins are saved as are allowed.';
    return { message, hint: 'Remove one that is not needed any more.', details: { quota: 'logins' } };
  }
  if (code === 'quota_exceeded') {
    return {
      message: `This ${subject ?? 'holder'} already has as many slots as it may have.`,
      details: { quota: subject },
    };
  }
  return subject === undefined ? {} : { details: { field: subject } };
}

const wordsFor = {
  released: 'released',
  expired: 'ended because no heartbeat arrived in time',
  revoked: 'revoked by an operator',
  retracted: 'taken back because its reply could not be recorded or delivered',
  handed_over: 'handed over',
  resource_lost: 'ended because its browser could not be kept alive',
  unprepared: 'ended because its browser could not be made ready',
};
