/**
 * One call of a client, as the client saw it. Times are on one clock for all clients. A call that was given up, cut
 * off or answered by an error of the server's own has no end: it may have taken effect at any time since, or never.
 */
export interface LeaseOperation {
  readonly kind: 'acquire' | 'renew' | 'release' | 'accept' | 'revoke';
  readonly startedAt: number;
  /** Undefined when the outcome is unknown. */
  readonly endedAt?: number;
  /** Whether it was granted or done; a refusal of `renew` and `release` says that the lease has ended. */
  readonly succeeded?: boolean;
  /** The resource; undefined where the client never learned it. */
  readonly slot?: string | number;
  /** The fence of the lease that the call is about: to renew, to release, or taken over by `accept`. */
  readonly fence?: number;
  /** The fence of the lease that was granted, by `acquire` or `accept`. */
  readonly granted?: number;
}

export interface LinearizabilityOptions {
  /** The shortest time, on the clock of the operations, after which a lease that nobody renews may end. */
  readonly ttl: number;
  /** How many configurations to look at before giving up. */
  readonly budget?: number;
}

/** A slot whose history no order of its operations explains. */
export interface Violation {
  readonly slot: string | number;
  readonly operations: readonly LeaseOperation[];
}

/**
 * Looks, slot by slot, for an order in which the calls could have happened one at a time: each at one moment between
 * its start and its end, at most one holder at any moment, fences rising. After Wing and Gong, with a memory of the
 * configurations that lead nowhere. Returns the slots without such an order; throws when the budget is used up.
 */
export function violationsIn(
  history: readonly LeaseOperation[],
  options: LinearizabilityOptions,
): Violation[] {
  const slots = new Set(history.flatMap(({ slot }) => (slot === undefined ? [] : [slot])));
  const violations: Violation[] = [];
  for (const slot of slots) {
    const operations = history
      .filter((operation) => operation.slot === slot || mayConcern(operation))
      .toSorted((a, b) => a.startedAt - b.startedAt);
    if (!new Search(operations, options).succeeds()) violations.push({ slot, operations });
  }
  return violations;
}

/** An acquire of unknown outcome may have got any slot. */
function mayConcern({ slot, kind, endedAt }: LeaseOperation): boolean {
  return slot === undefined && kind === 'acquire' && endedAt === undefined;
}

/** Who holds the slot after some of the operations. */
interface Held {
  /** The fence of the holder; `nobody`, or `stranger` for a holder of whom no client knows. */
  readonly holder: number;
  readonly lastFence: number;
  /** Since when, at the earliest, the lease has not been renewed. */
  readonly since: number;
}

const nobody = 0;
const stranger = -1;

class Search {
  private readonly operations: readonly LeaseOperation[];
  private readonly ttl: number;
  private budget: number;
  private readonly done: boolean[];
  private readonly hopeless = new Set<string>();

  constructor(operations: readonly LeaseOperation[], { ttl, budget = 1_000_000 }: LinearizabilityOptions) {
    this.operations = operations;
    this.ttl = ttl;
    this.budget = budget;
    this.done = operations.map(() => false);
  }

  succeeds(held: Held = { holder: nobody, lastFence: 0, since: 0 }): boolean {
    const first = this.done.indexOf(false);
    if (first < 0 || this.onlyUnknownLeft(first)) return true;
    const name = `${first} ${this.pattern(first)} ${held.holder} ${held.lastFence} ${held.since}`;
    if (this.hopeless.has(name)) return false;
    if ((this.budget -= 1) < 0) throw new Error('The history is too tangled to decide within the budget.');
    if (this.candidates(first).some((at) => this.tryNext(at, held))) return true;
    this.hopeless.add(name);
    return false;
  }

  private tryNext(at: number, held: Held): boolean {
    const operation = this.operations[at]!;
    this.done[at] = true;
    const isExplained = this.outcomes(operation, held).some((next) => this.succeeds(next));
    this.done[at] = false;
    return isExplained;
  }

  /** Those that may be next: begun before any other that is left had ended. */
  private candidates(first: number): number[] {
    let deadline = Infinity;
    const candidates: number[] = [];
    for (let at = first; at < this.operations.length; at++) {
      if (this.done[at] === true) continue;
      const { startedAt, endedAt = Infinity } = this.operations[at]!;
      if (startedAt > deadline) break;
      candidates.push(at);
      deadline = Math.min(deadline, endedAt);
    }
    return candidates;
  }

  private onlyUnknownLeft(first: number): boolean {
    return this.operations.every(
      ({ endedAt }, at) => at < first || this.done[at] === true || endedAt === undefined,
    );
  }

  /** Which of the operations after the first that is left have been taken. */
  private pattern(first: number): string {
    let pattern = '';
    for (let at = first; at < this.done.length; at++) if (this.done[at] === true) pattern += `${at - first},`;
    return pattern;
  }

  /** What may be the case after this operation; nothing, where it could not have gone as it did. */
  private outcomes(operation: LeaseOperation, held: Held): Held[] {
    const before = this.mayHaveEnded(held, operation) ? [held, { ...held, holder: nobody }] : [held];
    if (operation.endedAt !== undefined) return before.flatMap((one) => outcomeOf(operation, one));
    return [...before, ...before.flatMap((one) => unknownOutcomeOf(operation, one))];
  }

  /** A lease ends by itself when its TTL is over; one that no client knows of may be taken back at any time. */
  private mayHaveEnded({ holder, since }: Held, { endedAt = Infinity }: LeaseOperation): boolean {
    return holder === stranger || (holder !== nobody && since + this.ttl <= endedAt);
  }
}

function outcomeOf(operation: LeaseOperation, held: Held): Held[] {
  const { kind, succeeded = false, fence = 0, granted = 0, startedAt } = operation;
  const isHolder = held.holder === fence;
  switch (kind) {
    case 'acquire':
    case 'accept': {
      if (!succeeded) return [held];
      const isDue = kind === 'acquire' ? held.holder === nobody : isHolder;
      return isDue && granted > held.lastFence
        ? [{ holder: granted, lastFence: granted, since: startedAt }]
        : [];
    }
    case 'renew':
      if (succeeded) return isHolder ? [{ ...held, since: Math.max(held.since, startedAt) }] : [];
      return isHolder ? [] : [held];
    case 'release':
      if (isHolder) return succeeded ? [{ ...held, holder: nobody }] : [];
      // A release that comes again is answered like the first.
      return fence <= held.lastFence ? [held] : [];
    case 'revoke':
      return succeeded ? [{ ...held, holder: nobody }] : [held];
    default:
      return kind satisfies never;
  }
}

/** Had it taken effect. */
function unknownOutcomeOf(operation: LeaseOperation, held: Held): Held[] {
  if (operation.kind !== 'acquire')
    return outcomeOf({ ...operation, succeeded: true, ...grantedUnseen(held) }, held);
  return held.holder === nobody ? [{ ...held, holder: stranger, since: operation.startedAt }] : [];
}

/** The taker of an unknown handoff has a fence nobody saw, which is above all before it. */
function grantedUnseen({ lastFence }: Held): { granted: number } {
  return { granted: lastFence + 0.5 };
}
