import type { RefusalCode, Refused } from '@escarp/lease-registry';
import type { ErrorCode, SlotView } from '@escarp/transport';
import { OperationError } from '@escarp/transport';

/** The registry speaks of resources; the contract calls them slots. Everything else has one name. */
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
  wait_timeout: 'wait_timeout',
  wait_cancelled: 'wait_timeout',
  request_conflict: 'request_conflict',
  handoff_not_for_you: 'handoff_not_for_you',
} as const satisfies Record<RefusalCode, ErrorCode>;

const nextActions = [
  'Ask again with wait_s to stand in line: the first freed slot is yours.',
  'Ask again after retry_after_s.',
  'Add a slot: escarp pool add.',
];

/** What the caller is told. The snapshot names holders by their labels and has no token or id of theirs. */
export function refusalError(refused: Refused, snapshot: () => SlotView[]): OperationError {
  const code = contractCode[refused.code];
  const retryAfterS = wholeSeconds(refused.retryAfterMs);
  const { queueLength } = refused;
  const estimateS = refused.estimateMs === undefined ? undefined : Math.ceil(refused.estimateMs / 1_000);
  if (code === 'pool_exhausted') {
    return new OperationError(code, {
      snapshot: snapshot(),
      retryAfterS,
      queueLength,
      estimateS,
      nextActions,
    });
  }
  return new OperationError(code, { retryAfterS, queueLength, estimateS, ...particulars(refused) });
}

/** None where nothing becomes free by time alone. */
function wholeSeconds(ms = Infinity): number | undefined {
  return Number.isFinite(ms) ? Math.ceil(ms / 1_000) : undefined;
}

function particulars({ code, subject, ended }: Refused) {
  if (ended !== undefined) {
    const endedAt = ended.endedAt / 1_000;
    return {
      message: `This lease was ${wordsFor[ended.how]} at ${new Date(ended.endedAt).toISOString()}.`,
      details: { how: ended.how, endedAt },
    };
  }
  if (code === 'quota_exceeded') {
    return {
      message: `This ${subject ?? 'holder'} has all the slots it may have.`,
      details: { quota: subject },
    };
  }
  return subject === undefined ? {} : { details: { field: subject } };
}

const wordsFor = {
  released: 'released',
  expired: 'ended for want of heartbeats',
  revoked: 'revoked by an operator',
  retracted: 'taken back because its reply could not be recorded or delivered',
  handed_over: 'handed over',
  resource_lost: 'ended because its browser could not be kept alive',
};
