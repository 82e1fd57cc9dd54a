import type { ErrorReply } from './error-reply.js';
import type { SlotInput } from './slot-input.js';

/** Sent by the dashboard as a text message, in JSON. */
export type PictureRequest =
  /**
   * Which slots to show from now on; it replaces the former list, and an empty one stops all pictures. Sent again when a
   * tile is resized, scrolled out of sight, or the page hidden.
   */
  | { type: 'watch'; slots: WatchedSlot[] }
  /**
   * The frame has been drawn. The next one is sent only then, and it is the latest there is; so a slow link gets fewer
   * frames, never older ones.
   */
  | {
      type: 'shown';
      slot: number;
      /** Its number, as the frame's header has it. */
      frame: number;
    }
  /** Refused, and the socket closed with `viewerCloseCodes.inputWithoutControl`, unless this session has taken over. */
  | SlotInput;

/** A slot whose pictures are wanted, and how good. */
export interface WatchedSlot {
  slot: number;
  /** Largest size that is of use, in device pixels. */
  width: number;
  height: number;
  /** Frames per second at most: 1 to 30. A tile of the grid asks for 2, the large picture for 10. */
  rate: number;
  /** Of JPEG, 20 to 90; the server may go below it where the link is slow. Default: 60. */
  quality?: number;
  /** Which tab, as `PictureState.tabs` numbers them; default: the one opened last. */
  tab?: number;
}

/** Sent by the viewer server as a text message, in JSON. Pictures themselves are binary messages: see `readFrame`. */
export type PictureNews =
  /** Sent when it changes, and for every watched slot at first. */
  | PictureState
  /** Input was not passed on: for example nobody, or somebody else, has taken over. The socket stays open. */
  | { type: 'refused'; slot: number; error: ErrorReply };

/** What there is to see of a slot. */
export interface PictureState {
  type: 'picture';
  slot: number;
  /**
   * `live`: frames come, whenever the page changes. `starting`: the browser is being launched or reset, frames follow by
   * themselves. `gone`: the slot has left the pool.
   */
  state: 'live' | 'starting' | 'gone';
  tabs: PictureTab[];
  /** The number of the tab that is shown; null without one. */
  tab: number | null;
}

/** A tab of a slot. */
export interface PictureTab {
  /** Counted by the viewer, and of no use to a browser. */
  tab: number;
  title: string;
  url: string;
}
