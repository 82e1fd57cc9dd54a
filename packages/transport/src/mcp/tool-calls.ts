import type { AcquireRequest } from '../operations/acquire.js';
import type { LeaseView } from '../lease-view.js';
import type { SlotView } from '../slot-view.js';
import { readInput } from '../wire/input.js';
import type { LeaseBroker } from './lease-broker.js';
import type { LeaseSession } from './lease-session.js';
import { acquireInstructions, lossNotice } from './texts.js';
import { acquireInput, noInput, type ToolName, type ToolOutput } from './tools.js';

export type ToolContext = {
  broker: LeaseBroker;
  session: LeaseSession;
  /** Holder's name when the model gives none. */
  holder: () => string;
  /** Aborted when the client cancels the call. */
  signal: AbortSignal;
};

/** Each answers its tool's output in camel case, or throws OperationError. */
export const toolCalls: {
  [Name in ToolName]: (args: unknown, context: ToolContext) => Promise<ToolOutput<Name>>;
} = {
  escarp_acquire: async (args, { session, holder, signal }) => {
    const wish = readInput(acquireInput, args);
    const request: AcquireRequest = { ...wish, holder: wish.holder ?? holder() };
    const { lease, loss } = await session.acquire(request, signal);
    return { ...heldSlot(lease), ...(loss ? { notice: lossNotice(loss, 'acquired') } : {}) };
  },

  escarp_status: async (args, { broker, session, signal }) => {
    readInput(noInput, args);
    await session.renew();
    const { poolSize, queueLength, slots } = await broker.status({}, { signal });
    const { lease } = session;
    // The lease may have ended while the pool was asked: its slot may be another's in this answer.
    const own = slots.find(({ slot, fence }) => slot === lease?.slot && fence === lease.fence);
    if (own === undefined) await session.renew();
    const loss = session.takeLoss();
    return {
      holding: own?.slot ?? null,
      poolSize,
      queueLength,
      slots: slots.map((slot) => (slot === own && lease !== undefined ? ownSlot(slot, lease) : slot)),
      ...(loss ? { notice: lossNotice(loss, 'none') } : {}),
    };
  },

  escarp_release: async (args, { session }) => {
    readInput(noInput, args);
    const slot = await session.release();
    const loss = session.takeLoss();
    return {
      released: slot !== undefined,
      slot: slot ?? null,
      ...(loss ? { notice: lossNotice(loss, 'none') } : {}),
    };
  },
};

const heldSlot = (lease: LeaseView): ToolOutput<'escarp_acquire'> => ({
  ...lease,
  autoHeartbeatIntervalS: lease.heartbeatIntervalS,
  instructions: acquireInstructions(lease),
});

/** What only a slot's holder is told, the public status does not have. */
const ownSlot = (
  slot: SlotView,
  { cdpWsUrl, cdpTargetId, cdpWindowId, displayAuthority }: LeaseView,
): SlotView => ({ ...slot, cdpWsUrl, cdpTargetId, cdpWindowId, displayAuthority });
