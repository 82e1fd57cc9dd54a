import type { Instant } from './instant.js';
import { LazyHeap } from './lazy-heap.js';
import type { Lease } from './state.js';
import type { Store } from './versioned.js';

/** The part of a lease that a renewal changes. */
type Term = Pick<Lease, 'deadlineMs' | 'renewedAt' | 'expiresAt' | 'graced'>;
/** The part that stays. */
type Grant = Omit<Lease, keyof Term>;

/** How many numbers a term is: deadline, renewal, display of the deadline, and 1 for graced. */
const width = 4;

/** Rows without gaps: what is last moves to where something was deleted. */
export class LeaseStore implements Store<LeaseStore> {
  isRetired = false;
  grants: Grant[];
  terms: number[];
  readonly byToken: Map<string, number>;
  readonly byKey: Map<string, number>;
  readonly heap: LazyHeap;
  private readonly log: LeaseLog = { rows: [], grants: [], terms: [] };

  constructor(grants: Grant[], terms: number[], index = indexOf(grants, terms)) {
    this.grants = grants;
    this.terms = terms;
    this.byToken = index.byToken;
    this.byKey = index.byKey;
    this.heap = index.heap;
  }

  get size(): number {
    return this.grants.length;
  }

  get logged(): number {
    return this.log.rows.length;
  }

  copyAt(logged: number): LeaseStore {
    const copy = new LeaseStore(this.grants.slice(), this.terms.slice());
    const { rows, grants, terms } = this.log;
    for (let at = this.logged - 1; at >= logged; at--) {
      const grant = grants[at];
      if (grant === undefined) copy.remove(rows[at]!);
      else copy.takeBack(rows[at]!, leaseFrom(grant, terms, at));
    }
    return copy;
  }

  retire(): LeaseStore {
    const successor = new LeaseStore(this.grants, this.terms, this);
    this.isRetired = true;
    this.grants = this.grants.slice();
    this.terms = this.terms.slice();
    return successor;
  }

  at(row: number): Lease {
    return leaseFrom(this.grants[row]!, this.terms, row);
  }

  /** No heap is touched: a deadline that moves on may stay where it is. */
  renew(row: number, { monotonicMs, wallMs }: Instant): void {
    this.note(row, this.grants[row]);
    const deadlineMs = Math.max(this.terms[row * width]!, monotonicMs + this.grants[row]!.ttlMs);
    write(this.terms, row, deadlineMs, wallMs, wallMs + (deadlineMs - monotonicMs), 0);
  }

  set(lease: Lease): void {
    const row = this.byToken.get(lease.tokenDigest);
    if (row === undefined) {
      this.note(this.size, undefined);
      this.append(lease);
    } else {
      this.note(row, this.grants[row]);
      this.replace(row, lease);
    }
  }

  delete(key: string): void {
    const row = this.byKey.get(key)!;
    this.note(row, this.grants[row]);
    this.remove(row);
  }

  /** Logs what stood in a row before a change; undefined where there was nothing. */
  private note(row: number, grant: Grant | undefined): void {
    const { log, terms } = this;
    copyTerm(terms, row, log.terms, log.rows.length);
    log.rows.push(row);
    log.grants.push(grant);
  }

  private takeBack(row: number, lease: Lease): void {
    if (this.byToken.has(lease.tokenDigest)) this.replace(row, lease);
    else this.putBack(row, lease);
  }

  private append(lease: Lease): void {
    const row = this.size;
    this.place(row, lease);
    this.heap.append(row);
  }

  private replace(row: number, lease: Lease): void {
    this.place(row, lease);
    this.heap.update(row);
  }

  private place(row: number, lease: Lease): void {
    this.grants[row] = grantOf(lease);
    this.byToken.set(lease.tokenDigest, row);
    this.byKey.set(lease.key, row);
    const { deadlineMs, renewedAt, expiresAt, graced } = lease;
    write(this.terms, row, deadlineMs, renewedAt, expiresAt, graced ? 1 : 0);
  }

  private remove(row: number): void {
    const { tokenDigest, key } = this.grants[row]!;
    this.byToken.delete(tokenDigest);
    this.byKey.delete(key);
    this.heap.remove(row);
    const last = this.size - 1;
    if (row !== last) this.move(last, row);
    this.grants.pop();
    this.terms.length = last * width;
  }

  /** The reverse of `remove`. */
  private putBack(row: number, lease: Lease): void {
    const last = this.size;
    if (row === last) return this.append(lease);
    this.move(row, last);
    this.heap.makeRoom(row);
    this.replace(row, lease);
  }

  private move(from: number, to: number): void {
    const grant = this.grants[from]!;
    this.grants[to] = grant;
    this.byToken.set(grant.tokenDigest, to);
    this.byKey.set(grant.key, to);
    copyTerm(this.terms, from, this.terms, to);
  }
}

/** Columns, since an object for each change would have to be collected one by one. */
interface LeaseLog {
  readonly rows: number[];
  readonly grants: (Grant | undefined)[];
  readonly terms: number[];
}

function indexOf(grants: readonly Grant[], terms: readonly number[]) {
  const byToken = new Map(grants.map(({ tokenDigest }, row) => [tokenDigest, row]));
  const byKey = new Map(grants.map(({ key }, row) => [key, row]));
  const heap = new LazyHeap((row) => {
    const deadlineMs = terms[row * width]!;
    const { offer } = grants[row]!;
    return offer === undefined ? deadlineMs : Math.min(deadlineMs, offer.deadlineMs);
  });
  for (const row of grants.keys()) heap.append(row);
  return { byToken, byKey, heap };
}

// Field by field, as everything that is copied often: a spread is several times slower.

function leaseFrom(grant: Grant, terms: readonly number[], row: number): Lease {
  const at = row * width;
  return {
    id: grant.id,
    key: grant.key,
    tokenDigest: grant.tokenDigest,
    scope: grant.scope,
    attributes: grant.attributes,
    fence: grant.fence,
    ttlMs: grant.ttlMs,
    acquiredAt: grant.acquiredAt,
    renewedAt: terms[at + 1]!,
    expiresAt: terms[at + 2]!,
    deadlineMs: terms[at]!,
    graced: terms[at + 3] === 1,
    offer: grant.offer,
  };
}

function grantOf(lease: Lease): Grant {
  const { id, key, tokenDigest, scope, attributes, fence, ttlMs, acquiredAt, offer } = lease;
  return { id, key, tokenDigest, scope, attributes, fence, ttlMs, acquiredAt, offer };
}

function write(
  terms: number[],
  row: number,
  deadlineMs: number,
  renewedAt: number,
  expiresAt: number,
  graced: number,
): void {
  const at = row * width;
  terms[at] = deadlineMs;
  terms[at + 1] = renewedAt;
  terms[at + 2] = expiresAt;
  terms[at + 3] = graced;
}

/** What is copied of a row that is not there yet is never looked at. */
function copyTerm(terms: readonly number[], row: number, into: number[], to: number): void {
  const at = row * width;
  write(into, to, terms[at] ?? 0, terms[at + 1] ?? 0, terms[at + 2] ?? 0, terms[at + 3] ?? 0);
}
