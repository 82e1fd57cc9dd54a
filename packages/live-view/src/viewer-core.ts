import type { PublicChange } from '@escarp/broker';
import { slotOf } from './journal/describe-event.js';
import type { PoolControl } from './pool/pool-control.js';
import { PoolWatch } from './pool/pool-watch.js';
import type { PoolSource } from './pool/pool-facts.js';
import { viewerState } from './pool/viewer-state.js';
import { SlotCasts } from './pictures/slot-casts.js';
import type { SlotRights } from './pictures/picture-socket.js';
import type { StripSource } from './pool/strip-source.js';
import type { ViewerPorts } from './ports.js';
import { Refusal } from './refusal.js';
import { mayDo } from './rights/grant.js';
import type { Session } from './rights/session.js';
import { Sessions } from './rights/sessions.js';
import { Takeovers } from './rights/takeovers.js';
import { digestOf } from './rights/secrets.js';
import type { DashboardFile } from './server/dashboard-files.js';
import type { PictureState, Right, ViewerState } from './wire/index.js';

/** What a viewer is made of. */
export interface CoreOptions {
  readonly source: PoolSource;
  readonly control: PoolControl;
  /** Where the display of a slot answers VNC; rejects when it has none. */
  readonly displaySocket: (slot: number) => Promise<string>;
  readonly strips: StripSource;
  /** The built files of the dashboard, by name. */
  readonly dashboard: ReadonlyMap<string, DashboardFile>;
  readonly operatorCredential: string;
  readonly ports: ViewerPorts;
}

const slotStates = { free: 'live', leased: 'live', draining: 'live' } as const;

/** All that the routes of the viewer work on: rights, the pool, and the pictures of its slots. */
export class ViewerCore {
  readonly sessions: Sessions;
  readonly pool: PoolWatch;
  readonly casts: SlotCasts;
  readonly takeovers = new Takeovers();
  readonly operatorDigest: string;
  readonly options: CoreOptions;

  constructor(options: CoreOptions) {
    const { source, ports, operatorCredential } = options;
    this.options = options;
    this.operatorDigest = digestOf(operatorCredential);
    this.sessions = new Sessions(ports);
    this.pool = new PoolWatch(source, ports, ({ event }) => this.#letGoAtEnd(event));
    this.casts = new SlotCasts(
      (slot) => ({
        slot,
        standing: () => this.#standing(slot),
        cdpPort: () => this.pool.slot(slot)?.cdpPort,
      }),
      ports,
    );
  }

  /** Follows the pool for somebody who looks, until the returned function is called. */
  follow(onChange: () => void = () => {}): () => void {
    return this.pool.use(() => {
      this.review();
      onChange();
    });
  }

  /** Ends what has lost its lease, and lets go of browsers that are being reset. */
  review(): void {
    this.sessions.review(this.pool.fenceOf);
    this.casts.review();
  }

  stateFor(session: Session): ViewerState {
    const { grant } = session;
    return viewerState(this.pool, {
      session: {
        right: grant.right,
        slot: grant.slot ?? null,
        expiresAt: this.sessions.expiresAt(session),
      },
      now: this.options.ports.wallMs() / 1_000,
      isOwnControl: (slot) => this.takeovers.isOwn(slot, session),
    });
  }

  /**
   * Makes sure that a session may do this to a slot.
   *
   * @throws Refusal 403, or 404 for a slot that it may not even see.
   */
  require(session: Session, right: Right, slot: number): void {
    if (!mayDo(session.grant, 'view', slot)) throw new Refusal(404, 'unknown_slot', 'There is no such slot.');
    if (!mayDo(session.grant, right, slot)) throw notAllowed();
  }

  rightsOf(session: Session): SlotRights {
    return {
      maySee: (slot) => mayDo(session.grant, 'view', slot) && this.pool.slot(slot) !== undefined,
      refusalOfInput: (slot) => {
        if (!mayDo(session.grant, 'control', slot)) return 'forbidden';
        const facts = this.pool.slot(slot);
        if (this.pool.answers && facts !== undefined && this.takeovers.isOwn(facts, session))
          return undefined;
        return { error: 'control_not_taken', message: 'Take the slot over first; its agent is in control.' };
      },
    };
  }

  close(): void {
    this.sessions.revoke(undefined, 'viewer_stopped');
    this.casts.close();
  }

  /** A reset in place relaunches a browser to which somebody is connected, so not even the daemon is asked first. */
  #letGoAtEnd(event: PublicChange): void {
    const slot = event.type === 'lease-ended' ? slotOf(event) : undefined;
    if (slot !== undefined) this.casts.letGo(slot);
  }

  #standing(slot: number): PictureState['state'] {
    const facts = this.pool.slot(slot);
    if (facts === undefined) return this.pool.facts === undefined ? 'starting' : 'gone';
    return facts.state in slotStates ? 'live' : 'starting';
  }
}

/** For a session whose right is to look. */
export function notAllowed(): Refusal {
  return new Refusal(
    403,
    'forbidden',
    'This session may look and not touch.',
    'escarp view --control makes one that may.',
  );
}
