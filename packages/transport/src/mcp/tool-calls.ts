import { type InputRequiredResult, isInputRequiredResult } from '@modelcontextprotocol/server';
import { omitUndefined, pickFields } from '@escarp/contract';
import type { LeaseView } from '../lease-view.js';
import type { AcquireRequest } from '../operations/acquire.js';
import { holderFields } from '../slot-fields.js';
import type { SlotView } from '../slot-view.js';
import { readInput } from '../wire/input.js';
import { type AskContext, askPerson } from './ask-person.js';
import type { Holding, LeaseSet } from './lease-set.js';
import { acquireInstructions, afterAnswer, lossNotice, reattachedNotice } from './texts.js';
import { acquireInput, leaseInput, type ToolName, type ToolOutput } from './tools.js';

/** `signal` is aborted when the client cancels the call. */
export type ToolContext = AskContext & {
  /** Holder's name when the model gives none. */
  holder: () => string;
  /** A lease of an earlier session that may be continued; undefined if there is none. */
  reattach?: (() => Promise<LeaseView | undefined>) | undefined;
  /** Whether page tools are served beside. */
  pages: boolean;
};

/** Each answers its tool's output in camel case, or what the client is to ask its user first; or throws OperationError. */
export const toolCalls: {
  [Name in ToolName]: (
    args: unknown,
    context: ToolContext,
  ) => Promise<ToolOutput<Name> | InputRequiredResult>;
} = {
  escarp_acquire: async (args, { leases, holder, signal, reattach, pages }) => {
    const wish = readInput(acquireInput, args);
    const { slot, labels, login } = wish;
    const isAny = slot === undefined && labels === undefined && login === undefined;
    const earlier = isAny ? await reattach?.() : undefined;
    if (earlier !== undefined) {
      leases.adopt(earlier, wish.agent);
      return { ...heldSlot(earlier, wish.agent, pages), notice: reattachedNotice };
    }
    const request: AcquireRequest = { ...wish, holder: wish.holder ?? holder() };
    const lease = await leases.acquire(request, { signal });
    return { ...heldSlot(lease, wish.agent, pages), ...noticeOf(leases, 'acquired') };
  },

  escarp_status: async (args, { broker, leases, signal }) => {
    const { lease: handle } = readInput(leaseInput, args);
    await leases.renew();
    const named = handle === undefined ? undefined : await leases.pick(handle);
    const { poolSize, queueLength, slots } = await broker.status({}, { signal });
    // A lease may have ended while the pool was asked: its slot may be another's in this answer.
    const isLive = ({ lease }: Holding) => slots.some((slot) => isOf(slot, lease));
    const known = leases.shownTo(named);
    const shown = known.filter(isLive);
    if (shown.length < known.length) await leases.renew();
    return {
      holding: shown[0]?.lease.slot ?? null,
      leases: shown.map(({ lease, agent }) => ({
        lease: lease.handle,
        slot: lease.slot,
        agent: agent ?? null,
        expiresAt: lease.expiresAt,
      })),
      poolSize,
      queueLength,
      slots: slots.map((slot) => shownSlot(slot, shown)),
      ...noticeOf(leases, 'none'),
    };
  },

  escarp_release: async (args, { leases }) => {
    const { lease: handle } = readInput(leaseInput, args);
    const released = await leases.release(handle);
    return {
      released: released !== undefined,
      slot: released?.slot ?? null,
      lease: released?.handle ?? null,
      ...noticeOf(leases, 'none'),
    };
  },

  escarp_ask_human: async (args, context) => {
    const answered = await askPerson(args, context);
    if (isInputRequiredResult(answered)) return answered;
    const { outcome, who, note, notice } = answered;
    const next = [afterAnswer[outcome], notice].filter((sentence) => sentence !== undefined).join(' ');
    return { outcome, ...omitUndefined({ who, note }), next };
  },
};

const heldSlot = (
  lease: LeaseView,
  agent: string | undefined,
  pages: boolean,
): ToolOutput<'escarp_acquire'> => ({
  ...lease,
  lease: lease.handle,
  ...(agent === undefined ? {} : { agent }),
  autoHeartbeatIntervalS: lease.heartbeatIntervalS,
  instructions: acquireInstructions(lease, pages),
});

function noticeOf(leases: LeaseSet, now: 'acquired' | 'none'): { notice?: string } {
  const losses = leases.takeLosses();
  return losses.length === 0 ? {} : { notice: lossNotice(losses, now) };
}

const isOf = (slot: SlotView, lease: LeaseView) => slot.slot === lease.slot && slot.fence === lease.fence;

/** What only a slot's holder is told, the public status does not have. */
function shownSlot(slot: SlotView, shown: readonly Holding[]) {
  const own = shown.find(({ lease }) => isOf(slot, lease));
  if (own === undefined) return { ...slot, mine: false };
  return { ...slot, mine: true, ...pickFields(own.lease, holderFields) };
}
