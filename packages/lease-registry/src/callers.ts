import type { Reply } from './reply.js';

/** Somebody who asked under a request id and waits for the answer. */
export interface Caller {
  readonly requestId: string;
  /** The answer to one who had to wait. */
  readonly answer: Promise<Reply>;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  /** It hung up; what comes now reaches nobody. */
  gone: boolean;
}

/** Those who asked the same, which is one caller and its repeats. */
interface RequestGroup {
  readonly callers: Set<Caller>;
  /** One of them has the grant, so that it must not be taken back for another who hung up. */
  delivered: boolean;
}

/** Who waits for what, so that a grant is never lost to somebody who has gone. */
export class Callers {
  private readonly groups = new Map<string, RequestGroup>();

  join(requestId: string): Caller {
    const caller = newCaller(requestId);
    const group = this.groups.get(requestId) ?? { callers: new Set(), delivered: false };
    group.callers.add(caller);
    this.groups.set(requestId, group);
    return caller;
  }

  leave(caller: Caller): void {
    const group = this.groups.get(caller.requestId);
    group?.callers.delete(caller);
    if (group?.callers.size === 0) this.groups.delete(caller.requestId);
  }

  /** Those who asked under this id and are still there. */
  present(requestId: string): Caller[] {
    return [...(this.groups.get(requestId)?.callers ?? [])].filter((caller) => !caller.gone);
  }

  /** Tells all who wait that no answer will come. */
  rejectAll(error: Error): void {
    for (const { callers } of this.groups.values()) for (const caller of callers) caller.reject(error);
  }

  deliver(requestId: string): void {
    const group = this.groups.get(requestId);
    if (group !== undefined) group.delivered = true;
  }

  /** Whether the answer to this request reaches, or has reached, somebody. */
  isWanted(requestId: string): boolean {
    return this.groups.get(requestId)?.delivered === true || this.present(requestId).length > 0;
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
