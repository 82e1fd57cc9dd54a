import type { Command, Limits, OwnedState, Reply } from '@escarp/lease-registry';
import { defaultLimits, emptyState, step } from '@escarp/lease-registry';
import { Agenda } from './agenda.js';
import { exponential, seededRandom } from './seeded-random.js';
import type { Workload } from './workload.js';
import { pauseS } from './workload.js';

export interface SimulationSize {
  /** The number of sessions that are measured. A tenth as many run first, until the pool has settled. */
  readonly sessions: number;
  readonly seed: number;
}

/** What agents experienced in a pool of this many slots. Times in seconds, shares from 0 to 1. */
export interface PoolOutcome {
  readonly slots: number;
  /** The share of the slots' time during which they were leased. */
  readonly utilisation: number;
  /** The share of sessions that began without a wait. */
  readonly atOnce: number;
  readonly waitS: { readonly mean: number; readonly p50: number; readonly p95: number; readonly max: number };
  /** The greatest length of the queue. */
  readonly queueMax: number;
}

/** Runs a workload on the real lease registry, with a clock that jumps from one event to the next. */
export function simulatePool(workload: Workload, slots: number, size: SimulationSize): PoolOutcome {
  return new Simulation(workload, slots, size).run();
}

type Happening =
  | { readonly type: 'ask'; readonly agent: number }
  | { readonly type: 'finish'; readonly agent: number; readonly tokenDigest: string }
  | { readonly type: 'clean'; readonly key: string; readonly fence: number };

const forever = 1e15;

// Here sessions end only by release, and resets only by being done, however long they or the queue are.
const limits: Limits = {
  ...defaultLimits,
  ttlMs: forever,
  ttlMaxMs: forever,
  waitMaxMs: forever,
  resetMs: forever,
};

class Simulation {
  private readonly agenda = new Agenda<Happening>();
  private readonly asked = new Map<string, { readonly agent: number; readonly atS: number }>();
  private readonly waits: number[] = [];
  private readonly random: () => number;
  private readonly workload: Workload;
  private readonly slots: number;
  private readonly warmUp: number;
  private readonly sessions: number;
  private readonly state: OwnedState = emptyState(limits);
  private nowS = 0;
  private requests = 0;
  private granted = 0;
  private countedFromS = 0;
  private leasedS = 0;
  private queueMax = 0;

  constructor(workload: Workload, slots: number, { sessions, seed }: SimulationSize) {
    this.workload = workload;
    this.slots = slots;
    this.sessions = sessions;
    this.warmUp = Math.ceil(sessions / 10);
    this.random = seededRandom(seed);
  }

  run(): PoolOutcome {
    this.addSlots();
    for (let agent = 0; agent < this.workload.agents; agent++) this.think(agent);
    while (this.waits.length < this.sessions) {
      const next = this.agenda.next();
      if (next === undefined) throw new Error('The simulation ran dry.');
      this.moveTo(next.at);
      this.happen(next.what);
    }
    return this.outcome();
  }

  private addSlots(): void {
    for (let slot = 0; slot < this.slots; slot++) {
      const key = `slot-${slot}`;
      this.submit({ type: 'added', key });
      this.submit({ type: 'ready', key, fence: this.state.resources.get(key)?.fence ?? 0 });
    }
  }

  private think(agent: number): void {
    const atS = this.nowS + exponential(pauseS(this.workload), this.random);
    this.agenda.add(atS, { type: 'ask', agent });
  }

  private moveTo(atS: number): void {
    if (this.granted >= this.warmUp) {
      this.leasedS += this.state.leases.size * (atS - this.nowS);
      this.queueMax = Math.max(this.queueMax, this.state.waiters.size);
    } else {
      this.countedFromS = atS;
    }
    this.nowS = atS;
  }

  private happen(what: Happening): void {
    if (what.type === 'ask') this.ask(what.agent);
    else if (what.type === 'clean') this.submit({ ...what, type: 'reset-done' });
    else {
      this.submit({ type: 'release', tokenDigest: what.tokenDigest });
      this.think(what.agent);
    }
  }

  private ask(agent: number): void {
    const id = String(this.requests++);
    this.asked.set(id, { agent, atS: this.nowS });
    const reply = this.submit({
      type: 'acquire',
      requestId: id,
      anonymous: true,
      leaseId: id,
      tokenDigest: id,
      scope: { holder: `agent-${agent}` },
      selector: {},
      waitMs: forever,
    });
    this.begin(id, reply);
  }

  /** A session begins when its lease is granted, at once or after a wait. */
  private begin(id: string, reply: Reply): void {
    if (reply.type !== 'granted') return;
    const { agent, atS } = this.asked.get(id) ?? { agent: 0, atS: this.nowS };
    this.asked.delete(id);
    this.granted++;
    if (this.granted > this.warmUp) this.waits.push(this.nowS - atS);
    const endS = this.nowS + exponential(this.workload.sessionS, this.random);
    this.agenda.add(endS, { type: 'finish', agent, tokenDigest: reply.lease.tokenDigest });
  }

  private submit(command: Command): Reply {
    const ms = this.nowS * 1_000;
    const { reply, effects } = step(this.state, command, { monotonicMs: ms, wallMs: ms });
    for (const effect of effects) {
      if (effect.type === 'settle') this.begin(effect.requestId, effect.reply);
      if (effect.type === 'reset') {
        const { key, fence } = effect;
        this.agenda.add(this.nowS + this.workload.resetS, { type: 'clean', key, fence });
      }
    }
    return reply;
  }

  private outcome(): PoolOutcome {
    const waits = this.waits.toSorted((a, b) => a - b);
    const at = (share: number): number => waits[Math.ceil(share * waits.length) - 1] ?? 0;
    return {
      slots: this.slots,
      utilisation: this.leasedS / (this.slots * (this.nowS - this.countedFromS)),
      atOnce: waits.filter((wait) => wait === 0).length / waits.length,
      waitS: {
        mean: waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
        p50: at(0.5),
        p95: at(0.95),
        max: at(1),
      },
      queueMax: this.queueMax,
    };
  }
}
