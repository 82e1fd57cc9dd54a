import { omitUndefined } from '@escarp/contract';
import { timelineEvents } from '../journal/timeline.js';
import type {
  Approval,
  Ask,
  ControlState,
  SlotState,
  TimelineEvent,
  ViewerSession,
  ViewerState,
} from '../wire/index.js';
import type { PoolFacts, SlotFacts } from './pool-facts.js';
import type { PoolWatch } from './pool-watch.js';

/** For whom a state is, and when. */
export interface StateOptions {
  readonly session: ViewerSession;
  /** Epoch seconds. */
  readonly now: number;
  /** Whether the session itself has taken this slot over. */
  readonly isOwnControl: (slot: SlotFacts) => boolean;
}

const poolEventsMax = 50;
const slotEventsMax = 5;
const eventsLookedAt = 500;

/** Everything that one session may see of the pool. */
export function viewerState(pool: PoolWatch, options: StateOptions): ViewerState {
  const { session, now } = options;
  const maySee = (slot: number | null): boolean => session.slot === null || session.slot === slot;
  const recent = timelineEvents(pool.events.slice(-eventsLookedAt)).toReversed();
  const facts: Partial<PoolFacts> = pool.facts ?? {};
  const slots = (facts.slots ?? []).filter(({ slot }) => maySee(slot));
  return {
    session,
    now,
    daemonAnswers: pool.answers,
    version: facts.version ?? '',
    leaseTtlS: facts.leaseTtlS ?? 0,
    slots: slots.map((slot) => slotState(slot, recent, options)),
    // Who waits is nobody's business who was shown one slot.
    queue: session.slot === null ? [...(facts.queue ?? [])] : [],
    queueLength: session.slot === null ? (facts.queueLength ?? 0) : 0,
    asks: (facts.asks ?? []).filter(({ slot }) => maySee(slot)).map((ask) => askOf(ask, session)),
    approvals: session.slot === null ? (facts.approvals ?? []).map(approvalOf) : [],
    lastEvents: recent.filter(({ slot }) => maySee(slot)).slice(0, poolEventsMax),
  };
}

function slotState(facts: SlotFacts, recent: readonly TimelineEvent[], options: StateOptions): SlotState {
  const { slot, state, holder, acquiredAt, expiresAt, suspectedStale, fence, devPort, memoryBytes } = facts;
  const control = controlOf(facts, options);
  return {
    slot,
    state,
    picture: facts.display === null ? 'screencast' : 'vnc',
    holder,
    worktree: holder === null ? null : worktreeOf(holder),
    since: acquiredAt,
    expiresAt: control.by === 'human' ? null : expiresAt,
    isStale: suspectedStale,
    fence,
    control,
    devPort,
    memoryBytes,
    relaunchedAt: facts.relaunchedAt,
    lastError: facts.lastError,
    lastEvents: recent.filter((event) => event.slot === slot).slice(0, slotEventsMax),
  };
}

function controlOf(facts: SlotFacts, { isOwnControl }: StateOptions): ControlState {
  const { control } = facts;
  if (control?.by !== 'human') return { by: 'agent' };
  const { who, since, reason, expiresAt } = control;
  return { by: 'human', isOwn: isOwnControl(facts), since, ...omitUndefined({ who, reason, expiresAt }) };
}

/** A holder that chose no name of its own is called by its program and where it works. */
function worktreeOf(holder: string): string | null {
  const at = holder.lastIndexOf('@');
  return at === -1 || at === holder.length - 1 ? null : holder.slice(at + 1);
}

type AskFacts = NonNullable<PoolFacts['asks']>[number];
type ApprovalFacts = NonNullable<PoolFacts['approvals']>[number];

/** What the person is to do may be meant for nobody else. */
function askOf(facts: AskFacts, { right }: ViewerSession): Ask {
  const { id, slot, holder, reason, instructions, askedAt, expiresAt } = facts;
  const told = right === 'control' ? instructions : null;
  return { id, slot, holder, reason, instructions: told, askedAt, expiresAt };
}

function approvalOf({ id, holder, logins, queuedAt, expiresAt }: ApprovalFacts): Approval {
  const what = logins.length === 1 ? `Use the login ${logins[0]}` : `Use the logins ${logins.join(', ')}`;
  return { id, holder, what, reason: null, askedAt: queuedAt, expiresAt };
}
