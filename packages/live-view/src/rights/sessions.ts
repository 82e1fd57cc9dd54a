import type { ViewerPorts } from '../ports.js';
import { Refusal } from '../refusal.js';
import type { SessionEnd } from '../wire/index.js';
import { currentGrant, type FenceOf, type Grant } from './grant.js';
import { digestOf, isSecretOf, newSecret } from './secrets.js';
import { beginSession, type Session } from './session.js';

/** How long links and sessions live, in milliseconds, and how many there may be. */
export interface SessionLimits {
  readonly linkMs: number;
  readonly sessionMs: number;
  readonly linksMax: number;
  readonly sessionsMax: number;
}

/** A link must be opened within ten minutes; a session is over after twelve hours, whatever else. */
const sessionLimits: SessionLimits = {
  linkMs: 600_000,
  sessionMs: 12 * 3_600_000,
  linksMax: 200,
  sessionsMax: 200,
};

interface OpenLink {
  readonly grant: Grant;
  readonly expiresAtMs: number;
}

/**
 * Links that nobody has opened yet, and the sessions of those that were. They live in memory alone and end with the
 * process; of their secrets only digests are kept.
 */
export class Sessions {
  readonly #ports: ViewerPorts;
  readonly #limits: SessionLimits;
  /** By the digest of their secret. */
  readonly #links = new Map<string, OpenLink>();
  readonly #sessions = new Map<string, Session>();

  constructor(ports: ViewerPorts, limits: SessionLimits = sessionLimits) {
    this.#ports = ports;
    this.#limits = limits;
  }

  /** Whether nobody has, or could still open, a session. */
  get isEmpty(): boolean {
    this.#dropExpired();
    return this.#links.size + this.#sessions.size === 0;
  }

  /**
   * A secret that can be exchanged once for a session with this grant; `expiresAt` in epoch seconds.
   *
   * @throws Refusal 429 when too many links are open.
   */
  makeLink(grant: Grant): { secret: string; expiresAt: number } {
    this.#dropExpired();
    if (this.#links.size >= this.#limits.linksMax) throw tooMany('links are open');
    const secret = newSecret(this.#ports.randomBytes);
    const { linkMs } = this.#limits;
    this.#links.set(digestOf(secret), { grant, expiresAtMs: this.#ports.monotonicMs() + linkMs });
    return { secret, expiresAt: (this.#ports.wallMs() + linkMs) / 1_000 };
  }

  /**
   * Exchanges a link for a session, once.
   *
   * @throws Refusal 401 for a link that does not exist, was used, or has expired; 429 when too many sessions are open.
   */
  redeem(secret: string): { session: Session; cookie: string } {
    this.#dropExpired();
    const digest = digestOf(secret);
    const link = this.#links.get(digest);
    if (link === undefined) throw unusableLink();
    if (this.#sessions.size >= this.#limits.sessionsMax) throw tooMany('sessions are open');
    this.#links.delete(digest);
    const cookie = newSecret(this.#ports.randomBytes);
    const session = beginSession({
      id: newSecret(this.#ports.randomBytes).slice(0, 22),
      cookieDigest: digestOf(cookie),
      expiresAtMs: this.#ports.monotonicMs() + this.#limits.sessionMs,
      grant: link.grant,
    });
    this.#sessions.set(session.id, session);
    session.ended.addEventListener('abort', () => this.#sessions.delete(session.id), { once: true });
    return { session, cookie };
  }

  /** The session with this id, if the cookie is its own. */
  find(id: string, cookie: string | undefined): Session | undefined {
    this.#dropExpired();
    const session = this.#sessions.get(id);
    if (session === undefined || cookie === undefined) return undefined;
    return isSecretOf(session.cookieDigest, cookie) ? session : undefined;
  }

  /** When the session ends at the latest, in epoch seconds. */
  expiresAt({ expiresAtMs }: Session): number {
    return (this.#ports.wallMs() + expiresAtMs - this.#ports.monotonicMs()) / 1_000;
  }

  /** Ends what belongs to leases that have ended, and binds the rest to those that have begun. */
  review(fenceOf: FenceOf): void {
    this.#dropExpired();
    for (const [digest, link] of this.#links) {
      const grant = currentGrant(link.grant, fenceOf);
      if (grant === undefined) this.#links.delete(digest);
      else this.#links.set(digest, { ...link, grant });
    }
    for (const session of this.#sessions.values()) {
      const grant = currentGrant(session.grant, fenceOf);
      if (grant === undefined) session.end('lease_ended');
      else session.grant = grant;
    }
  }

  /** Ends every link and session, or those for one slot; returns how many. */
  revoke(slot: number | undefined, reason: SessionEnd['reason'] = 'revoked'): number {
    const isMeant = (grant: Grant): boolean => slot === undefined || grant.slot === slot;
    const links = [...this.#links].filter(([, { grant }]) => isMeant(grant));
    const sessions = [...this.#sessions.values()].filter(({ grant }) => isMeant(grant));
    for (const [digest] of links) this.#links.delete(digest);
    for (const session of sessions) session.end(reason);
    return links.length + sessions.length;
  }

  #dropExpired(): void {
    const now = this.#ports.monotonicMs();
    for (const [digest, { expiresAtMs }] of this.#links) if (expiresAtMs <= now) this.#links.delete(digest);
    for (const session of this.#sessions.values()) if (session.expiresAtMs <= now) session.end('expired');
  }
}

function unusableLink(): Refusal {
  const message = 'This link was used already, has expired, or was revoked.';
  return new Refusal(401, 'link_unusable', message, 'Run escarp view for a new one.');
}

function tooMany(what: string): Refusal {
  return new Refusal(429, 'too_many_sessions', `Too many ${what}.`, 'escarp view --revoke ends them all.');
}
