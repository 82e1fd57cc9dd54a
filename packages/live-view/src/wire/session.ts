/** `view` shows pictures and state; `control` also takes over and answers. */
export type Right = 'view' | 'control';

/** Whose session this is. */
export interface ViewerSession {
  right: Right;
  /** The one slot it is for; null for all. */
  slot: number | null;
  /** When it ends at the latest; it ends earlier with the lease it was made for, or when it is revoked. */
  expiresAt: number;
}

/** Why a session has ended. */
export interface SessionEnd {
  reason: 'expired' | 'lease_ended' | 'revoked' | 'viewer_stopped';
}

/** Asks for a link with at most the rights of the session that asks. */
export interface LinkRequest {
  right: Right;
  /** One slot; without it all that this session may see. */
  slot?: number;
}

/** Opens the viewer once, within a few minutes. */
export interface Link {
  url: string;
  /** When it is of no use any more, in epoch seconds. */
  expiresAt: number;
}
