import type { Reply } from './reply.js';

/** A caller that waits for the answer to a request. */
export interface Caller {
  readonly requestId: string;
  /** Gets the answer if the request had to wait. */
  readonly answer: Promise<Reply>;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  /** Whether it disconnected, so that no answer reaches it. */
  gone: boolean;
}

/** The callers with the same request: one caller and its repetitions. */
interface RequestGroup {
  readonly callers: Set<Caller>;
  /** Whether one of them has the grant, which must then not be taken back when another disconnects. */
  delivered: boolean;
}

/** Which callers wait for which request, so that no grant is lost to a caller that has gone. */
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

  /** The callers with this request id that are still connected. */
  present(requestId: string): Caller[] {
    return [...(this.groups.get(requestId)?.callers ?? [])].filter((caller) => !caller.gone);
  }

  /** Tells all waiting callers that no answer will come. */
  rejectAll(error: Error): void {
    for (const { callers } of this.groups.values()) for (const caller of callers) caller.reject(error);
  }

  deliver(requestId: string): void {
    const group = this.groups.get(requestId);
    if (group !== undefined) group.delivered = true;
  }

  /** Whether the answer to this request reaches, or has reached, a caller. */
  isWanted(requestId: string): boolean {
    return this.groups.get(requestId)?.delivered === true || this.present(requestId).length > 0;
  }
}

function newCaller(requestId: string): Caller {
  let resolve!: (reply: Reply) => void;
  let reject!: (error: Error) => void;
  const answer = new Promise<Reply>((...settle) => ([resolve, reject] = settle));
  // Not needed by callers that are answered at once.
  answer.catch(() => undefined);
  return { requestId, answer, resolve, reject, gone: false };
}
