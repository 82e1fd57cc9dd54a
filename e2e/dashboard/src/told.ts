import type { SlotState, SlotTimeline, TimelineEvent, TimelineSpan } from '@escarp/live-view/wire';
import type { Told } from './stand-in-viewer.js';

const holders = [
  ['claude in checkout-flow', 'checkout-flow'],
  ['codex in fix-login-redirect', 'fix-login-redirect'],
  ['claude in search-filters', 'search-filters'],
  ['gemini in a11y-audit', 'a11y-audit'],
  ['playwright worker 2 of nightly-regression-suite-with-a-long-name', 'nightly'],
  ['claude in pricing-page', 'pricing-page'],
] as const;

/** A slot as the viewer tells of it; a test says only what matters to it. */
export function slotState(slot: number, change: Partial<SlotState> = {}): SlotState {
  const [holder, worktree] = holders[slot % holders.length] ?? [null, null];
  const nowS = Date.now() / 1_000;
  return {
    slot,
    state: 'leased',
    picture: 'screencast',
    holder,
    worktree,
    since: nowS - 200 * (slot + 1),
    expiresAt: nowS + 48,
    isStale: false,
    fence: 40 + slot,
    control: { by: 'agent' },
    devPort: 3_000 + 10 * slot,
    memoryBytes: 214e6 + slot * 9e6,
    relaunchedAt: null,
    lastError: null,
    lastEvents: [event(100 + slot, slot, 200 * (slot + 1), 'lease-granted', `leased to ${holder}`)],
    ...change,
  };
}

/** The same with nobody in it. */
export const idleSlot = (slot: number, change: Partial<SlotState> = {}): SlotState =>
  slotState(slot, {
    state: 'free',
    holder: null,
    worktree: null,
    since: null,
    expiresAt: null,
    fence: null,
    devPort: null,
    lastEvents: [event(90 + slot, slot, 300, 'resource-free', 'free after a reset of 0.2 s')],
    ...change,
  });

export function event(
  revision: number,
  slot: number | null,
  agoS: number,
  type: string,
  text: string,
): TimelineEvent {
  return { revision, at: Date.now() / 1_000 - agoS, slot, type, text };
}

/** A pool as the viewer tells of it, to somebody who may control it. */
export function told(slots: SlotState[]): Told {
  const nowS = Date.now() / 1_000;
  const lastEvents = slots.flatMap((slot) => slot.lastEvents).toSorted((a, b) => b.at - a.at);
  return {
    state: {
      session: { right: 'control', slot: null, expiresAt: nowS + 3_600 },
      now: nowS,
      daemonAnswers: true,
      version: '0.0.0',
      leaseTtlS: 60,
      slots,
      queue: [],
      queueLength: 0,
      asks: [],
      approvals: [],
      lastEvents,
    },
    timeline: { from: nowS - 3_600, to: nowS, slots: slots.map(lane), events: lastEvents.toReversed() },
    figures: {
      from: nowS - 3_600,
      to: nowS,
      slotsTotal: [{ at: nowS - 4_000, value: slots.length }],
      slotsLeased: steps(nowS, 40, (at) => Math.abs(Math.round(Math.sin(at / 5) * slots.length))),
      queueLength: steps(nowS, 30, (at) => Math.max(0, Math.round(Math.sin(at / 4) * 3))),
      waitS: steps(nowS, 25, (at) => Math.abs(Math.sin(at * 7)) * 20),
      resetS: steps(nowS, 50, (at) => 0.15 + Math.abs(Math.sin(at * 3)) * 0.3),
      memoryBytes: steps(nowS, 60, (at) => 1.2e9 + Math.sin(at / 9) * 3e8),
    },
  };
}

function lane({ slot, state, holder, since, fence }: SlotState): SlotTimeline {
  const nowS = Date.now() / 1_000;
  const begun = since ?? nowS - 300;
  const spans: TimelineSpan[] = [
    { from: nowS - 3_600, to: nowS - 3_400 + slot * 20, state: 'free' },
    {
      from: nowS - 3_400 + slot * 20,
      to: begun - 40,
      state: 'leased',
      holder: 'an earlier holder',
      fence: 20 + slot,
    },
    { from: begun - 40, to: begun, state: 'resetting' },
    {
      from: begun,
      to: null,
      state: state === 'draining' ? 'free' : state,
      ...(holder === null ? {} : { holder }),
      ...(fence === null ? {} : { fence }),
    },
  ];
  return { slot, spans };
}

const steps = (nowS: number, count: number, value: (at: number) => number) =>
  Array.from({ length: count }, (_, at) => ({ at: nowS - 3_600 + (at * 3_600) / count, value: value(at) }));
