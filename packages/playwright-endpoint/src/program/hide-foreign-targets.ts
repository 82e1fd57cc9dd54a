/** A message of the browser's, as far as it is looked at. */
interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly result?: { readonly browserContextId?: string };
  readonly params?: {
    readonly sessionId?: string;
    readonly targetInfo?: { readonly type: string; readonly browserContextId?: string };
  };
}

/** Far from the numbers that a client gives to its own commands. */
const firstId = 1_900_000_000;

/** What a message must begin with to be one of those looked at; longer than any of the three beginnings. */
const beginningBytes = 96;
const ofInterest = /"Target\.(attachedToTarget|detachedFromTarget)"|"browserContextId"|^\{"id":19\d{8}\b/;

/**
 * Tells which messages of a browser a client is better not told: those about targets outside of the contexts that it has
 * made itself. It is detached from them at once, by commands that go out through `send`.
 */
export function hideForeignTargets(send: (command: string) => void): (data: Buffer) => boolean {
  const own = new Set<string>();
  const foreign = new Set<string>();
  let nextId = firstId;
  const detach = (sessionId: string): void => {
    foreign.add(sessionId);
    send(JSON.stringify({ id: nextId++, method: 'Target.detachFromTarget', params: { sessionId } }));
  };
  return (data) => {
    const beginning = data.toString('latin1', 0, beginningBytes);
    if (!ofInterest.test(beginning)) return false;
    const { id, sessionId: parent, result, params }: Message = JSON.parse(data.toString('utf8'));
    if (id !== undefined) {
      if (result?.browserContextId !== undefined) own.add(result.browserContextId);
      return id >= firstId;
    }
    const { sessionId = '', targetInfo } = params ?? {};
    if (targetInfo === undefined) return foreign.delete(sessionId);
    // Frames and workers of a page are attached to the page.
    if (parent !== undefined || targetInfo.type === 'browser') return false;
    if (own.has(targetInfo.browserContextId ?? '')) return false;
    detach(sessionId);
    return true;
  };
}
