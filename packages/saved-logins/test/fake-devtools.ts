import type { BrowserRecord, Devtools } from '../src/index.js';

type Answer = (params: BrowserRecord) => BrowserRecord | Promise<BrowserRecord>;

/** A browser that answers as a test says, by the names of commands, and anything else with nothing. */
export interface FakeDevtools extends Devtools {
  /** Every command so far, in the order of their coming. */
  readonly sent: readonly { readonly method: string; readonly params: BrowserRecord }[];
  readonly emit: (method: string, params: BrowserRecord, sessionId?: string) => void;
  readonly end: () => void;
}

export function fakeDevtools(answers: Readonly<Record<string, Answer>> = {}): FakeDevtools {
  const listeners = new Set<Parameters<Devtools['onEvent']>[0]>();
  const sent: { method: string; params: BrowserRecord }[] = [];
  let end = (): void => {};
  const closed = new Promise<void>((resolve) => (end = resolve));
  return {
    sent,
    closed,
    end: () => end(),
    emit: (method, params, sessionId) => {
      for (const listener of listeners) listener(method, params, sessionId);
    },
    send: async (method, params = {}) => {
      sent.push({ method, params });
      return (await answers[method]?.(params)) ?? {};
    },
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
