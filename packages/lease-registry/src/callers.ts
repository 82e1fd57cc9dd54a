import type { Reply } from './reply.js';

/** Somebody who asked under a request id and waits for the answer. */
export interface Caller {
  readonly requestId: string;
  /** The answer out of the line. */
  readonly answer: Promise<Reply>;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  /** It hung up; what comes now reaches nobody. */
  gone: boolean;
}

/** Those who asked the same, which is one caller and its repeats. */
interface Party {
  readonly callers: Set<Caller>;
  /** One of them has the grant, so that it must not be taken back for another who hung up. */
  delivered: boolean;
}

/** Who waits for what, so that a grant is never lost to somebody who has gone. */
export class Callers {
  private readonly parties = new Map<string, Party>();

  join(requestId: string): Caller {
    const caller = newCaller(requestId);
    const party = this.parties.get(requestId) ?? { callers: new Set(), delivered: false };
    party.callers.add(caller);
    this.parties.set(requestId, party);
    return caller;
  }

  leave(caller: Caller): void {
    const party = this.parties.get(caller.requestId);
    party?.callers.delete(caller);
    if (party?.callers.size === 0) this.parties.delete(caller.requestId);
  }

  /** Those who asked under this id and are still there. */
  present(requestId: string): Caller[] {
    return [...(this.parties.get(requestId)?.callers ?? [])].filter((caller) => !caller.gone);
  }

  deliver(requestId: string): void {
    const party = this.parties.get(requestId);
    if (party !== undefined) party.delivered = true;
  }

  /** Whether the answer to this request reaches, or has reached, somebody. */
  isWanted(requestId: string): boolean {
    return this.parties.get(requestId)?.delivered === true || this.present(requestId).length > 0;
  }
}

function newCaller(requestId: string): Caller {
  let resolve!: (reply: Reply) => void;
  let reject!: (error: Error) => void;
  const answer = new Promise<Reply>((...settle) => ([resolve, reject] = settle));
  // A caller that is answered at once never looks here.
  answer.catch(() => undefined);
  return { requestId, answer, resolve, reject, gone: false };
}
