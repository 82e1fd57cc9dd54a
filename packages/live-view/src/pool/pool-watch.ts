import { setTimeout as pause } from 'node:timers/promises';
import type { PublicEvent } from '@escarp/broker';
import { firstAborted } from '@escarp/contract';
import type { ViewerPorts } from '../ports.js';
import type { FigurePoint } from '../wire/index.js';
import type { PoolFacts, PoolSource, SlotFacts } from './pool-facts.js';

const everyMs = 2_000;
/** Events of one step of the registry come together. */
const gatherMs = 25;
/** A journal is read in much less; what then is missing comes with the stream. */
const catchUpMs = 5_000;
const eventsMax = 20_000;
const memoryPointsMax = 3_600;

/**
 * The pool, followed while somebody looks and not otherwise. The daemon is asked after every event of its journal, and
 * every two seconds for what has none.
 */
export class PoolWatch {
  readonly #source: PoolSource;
  readonly #ports: ViewerPorts;
  readonly #onEvent: (event: PublicEvent) => void;
  readonly #listeners = new Set<() => void>();
  #users = 0;
  #stop: AbortController | undefined;
  #wake: () => void = () => {};
  #facts: PoolFacts | undefined;
  #seenMs = -Infinity;
  #answers = false;
  #events: PublicEvent[] = [];
  #memory: FigurePoint[] = [];

  /** `onEvent` is told of each event as it comes, before the daemon is asked what it has changed. */
  constructor(source: PoolSource, ports: ViewerPorts, onEvent: (event: PublicEvent) => void = () => {}) {
    this.#onEvent = onEvent;
    this.#source = source;
    this.#ports = ports;
  }

  /** What was last known; undefined before the daemon has answered once. */
  get facts(): PoolFacts | undefined {
    return this.#facts;
  }

  /** Whether the daemon answered when it was asked last. */
  get answers(): boolean {
    return this.#answers;
  }

  /** What happened, the oldest first, as far as it is kept. */
  get events(): readonly PublicEvent[] {
    return this.#events;
  }

  /** Memory of all slots, from when somebody began to look. */
  get memory(): readonly FigurePoint[] {
    return this.#memory;
  }

  slot(slot: number): SlotFacts | undefined {
    return this.#facts?.slots.find((one) => one.slot === slot);
  }

  /** The fence of a slot's lease, null if it has none; undefined while nobody knows. */
  fenceOf = (slot: number): number | null | undefined => {
    if (!this.#answers) return undefined;
    return this.slot(slot)?.fence ?? null;
  };

  /** Follows the pool until the returned function is called; calls `onChange` whenever something may have changed. */
  use(onChange: () => void): () => void {
    this.#listeners.add(onChange);
    this.#users += 1;
    if (this.#users === 1) this.#begin();
    return () => {
      if (!this.#listeners.delete(onChange)) return;
      this.#users -= 1;
      if (this.#users === 0) this.#stop?.abort();
    };
  }

  /** Asks the daemon unless it is known what it would say. Never rejects: `answers` tells whether it did. */
  async refresh(maxAgeMs = 0): Promise<void> {
    if (this.#ports.monotonicMs() - this.#seenMs < maxAgeMs) return;
    try {
      this.#facts = await this.#source.status();
      this.#answers = true;
    } catch {
      this.#answers = false;
    }
    this.#seenMs = this.#ports.monotonicMs();
    for (const listener of this.#listeners) listener();
  }

  /** The events up to now, also when nobody follows them. */
  async catchUp(): Promise<void> {
    await this.refresh(everyMs);
    const target = this.#facts?.revision ?? 0;
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), catchUpMs);
    try {
      if (this.#lastRevision() < target) await this.#follow(over.signal, target);
    } catch {
      // What is known must do.
    } finally {
      clearTimeout(timer);
      over.abort();
    }
  }

  #begin(): void {
    const stop = new AbortController();
    this.#stop = stop;
    void this.#askAgainAndAgain(stop.signal);
    void this.#followAgainAndAgain(stop.signal);
  }

  async #askAgainAndAgain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await this.refresh();
      this.#noteMemory();
      const over = new AbortController();
      const rest = pause(everyMs, undefined, { signal: firstAborted([signal], over.signal) }).catch(() => {});
      await Promise.race([woken, rest]);
      over.abort();
      await pause(gatherMs);
    }
  }

  async #followAgainAndAgain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#follow(signal, undefined).catch(() => {});
      await pause(everyMs / 2, undefined, { signal }).catch(() => {});
    }
  }

  /** Takes events until the stream ends, or up to a revision. */
  async #follow(signal: AbortSignal, until: number | undefined): Promise<void> {
    let from = this.#lastRevision() + 1;
    for (;;) {
      const oldest = await this.#take(from, signal, until);
      if (oldest === undefined) return;
      this.#events = [];
      from = oldest;
    }
  }

  async #take(from: number, signal: AbortSignal, until: number | undefined): Promise<number | undefined> {
    for await (const step of this.#source.events(from, signal)) {
      if ('oldestRevision' in step) return step.oldestRevision;
      if (step.revision <= this.#lastRevision()) continue;
      this.#events.push(step);
      if (this.#events.length > eventsMax) this.#events = this.#events.slice(eventsMax / 10);
      this.#onEvent(step);
      this.#wake();
      if (until !== undefined && step.revision >= until) return undefined;
    }
    return undefined;
  }

  #lastRevision(): number {
    return this.#events.at(-1)?.revision ?? 0;
  }

  #noteMemory(): void {
    if (!this.#answers || this.#facts === undefined) return;
    const value = this.#facts.slots.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
    this.#memory.push({ at: this.#ports.wallMs() / 1_000, value });
    if (this.#memory.length > memoryPointsMax) this.#memory.shift();
  }
}
