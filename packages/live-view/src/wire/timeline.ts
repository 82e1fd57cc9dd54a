/** The journal, told by slot. */
export interface Timeline {
  /** Where it begins, in epoch seconds: the journal may hold no more than that. */
  from: number;
  /** Epoch seconds. */
  to: number;
  slots: SlotTimeline[];
  /** The oldest first. */
  events: TimelineEvent[];
}

/** What became of a slot. */
export interface SlotTimeline {
  slot: number;
  /** Without gaps or overlaps, the oldest first. */
  spans: TimelineSpan[];
}

/** A stretch of time in which a slot was in one state. */
export interface TimelineSpan {
  /** Epoch seconds. */
  from: number;
  /** Epoch seconds; null if it goes on. */
  to: number | null;
  state: 'free' | 'leased' | 'starting' | 'resetting' | 'quarantined' | 'lost' | 'human';
  /** Of a lease. */
  holder?: string;
  fence?: number;
}

/** Something that happened, as a sentence. */
export interface TimelineEvent {
  revision: number;
  /** Epoch seconds. */
  at: number;
  slot: number | null;
  /** The journal's type of event, for an icon or a filter, such as `lease-granted`. */
  type: string;
  /** A sentence without the slot: "leased to claude (fence 7)". */
  text: string;
}
