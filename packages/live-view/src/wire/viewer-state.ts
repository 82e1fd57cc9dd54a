import type { ControlState } from './control.js';
import type { Approval, Ask } from './requests.js';
import type { ViewerSession } from './session.js';
import type { TimelineEvent } from './timeline.js';

/** Everything the grid shows. */
export interface ViewerState {
  session: ViewerSession;
  /** The viewer's clock when this was sent, so that "for 3 min" does not depend on the clock of a phone. */
  now: number;
  /** False while the daemon does not answer; the rest is then what was last known. */
  daemonAnswers: boolean;
  version: string;
  leaseTtlS: number;
  /** Only the slots that this session may see, by number. */
  slots: SlotState[];
  queue: Queued[];
  /** Including those that are not in `queue`, which is cut after a hundred. */
  queueLength: number;
  asks: Ask[];
  approvals: Approval[];
  /** The newest first, at most fifty, of the slots that this session may see. */
  lastEvents: TimelineEvent[];
}

/** A slot as the grid shows it. */
export interface SlotState {
  slot: number;
  state: 'free' | 'leased' | 'starting' | 'resetting' | 'quarantined' | 'draining';
  /** Which source the large picture has. The grid's pictures come from the `pictures` socket for both. */
  picture: 'screencast' | 'vnc';
  holder: string | null;
  /** The folder of the holder's worktree, if its name tells it. */
  worktree: string | null;
  /** When the lease began. */
  since: number | null;
  /** When the lease ends unless it is renewed; null without a lease, and while a person is in control. */
  expiresAt: number | null;
  /** Whether half of its TTL has gone by without a heartbeat. */
  isStale: boolean;
  /** Rises with every lease; null without one. */
  fence: number | null;
  control: ControlState;
  devPort: number | null;
  memoryBytes: number | null;
  /** When its browser was last replaced under the lease, in epoch seconds. */
  relaunchedAt: number | null;
  lastError: string | null;
  /** The newest first, at most five. */
  lastEvents: TimelineEvent[];
}

/** Somebody who stands in line for a slot. */
export interface Queued {
  holder: string;
  /** From 1. */
  position: number;
  /** Estimated seconds until its turn. */
  estimateS: number;
  /** Epoch seconds. */
  queuedAt: number;
}
