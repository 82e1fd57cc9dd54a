import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Responses that the site does not end until it is told to, one for each path: the last. */
export interface HeldResponses {
  readonly hold: (path: string, response: ServerResponse, end: () => void) => void;
  /** Ends the response. Resolves with whether the browser was still there to take it. */
  readonly release: (path: string) => Promise<boolean>;
}

export function holdResponses(): HeldResponses {
  const held = new Map<string, { readonly response: ServerResponse; readonly end: () => void }>();
  return {
    hold: (path, response, end) => void held.set(path, { response, end }),
    async release(path) {
      const one = held.get(path);
      held.delete(path);
      if (one === undefined || one.response.closed) return false;
      const closed = once(one.response, 'close');
      one.end();
      await closed;
      return one.response.writableFinished;
    },
  };
}
