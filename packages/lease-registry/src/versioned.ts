/** One step's right to change what it made. Dropped at the end of the step, so that nothing changes after it. */
export class Edit {
  /** Tells one edit from another for the type checker; edits are told apart by identity. */
  declare private readonly brand: undefined;
}

/** Mutable contents that remember how they changed. */
export interface Store<S> {
  /** How many things are in it. */
  readonly size: number;
  /** How many changes are in its log. */
  readonly logged: number;
  /** Whether a successor has what was in it, and this is only kept to look back from. */
  readonly isRetired: boolean;
  /** The contents as they were when so many changes were logged, in a store of their own with nothing logged. */
  copyAt(logged: number): S;
  /** Hands the contents on to a store with nothing logged, and keeps a copy to look back from. */
  retire(): S;
}

/** Changes that a store logs before it hands on to another, at the least. */
const logLength = 256;

/**
 * A persistent value whose newest version costs what a mutable one costs.
 *
 * A version is a place in the log of a store. The one at the end of the log reads and changes the store itself; one
 * that others have moved on from makes itself a copy when it is asked, by taking back what was logged after it. From
 * time to time the contents move on to a new store, so that a version that is kept keeps no more than a multiple of
 * what is in it, and so that no version, even a dead one, ever leads the garbage collector to later ones.
 */
export abstract class Versioned<S extends Store<S>> {
  private store: S;
  private place: number;
  private readonly edit: Edit | undefined;

  protected constructor(store: S, edit: Edit | undefined) {
    this.store = store;
    this.place = store.logged;
    this.edit = edit;
  }

  /** The contents of this version, to be looked at. */
  protected get own(): S {
    const { store } = this;
    return store.logged === this.place && !store.isRetired ? store : this.copy();
  }

  /** What the version that this edit writes is to be made of; undefined if this is that version. */
  protected storeFor(edit: Edit): S | undefined {
    const { own } = this;
    if (this.edit === edit) return undefined;
    return own.logged > logLength + 2 * own.size ? own.retire() : own;
  }

  /** Moves on to the end of the log, after a change. */
  protected changed(): this {
    this.place = this.store.logged;
    return this;
  }

  private copy(): S {
    this.store = this.store.copyAt(this.place);
    this.place = 0;
    return this.store;
  }
}
