/** A JSON object as a browser sends it. */
export type BrowserRecord = Readonly<Record<string, unknown>>;

/** The connection to a browser that logins are captured and applied by. Closing it is up to whoever opened it. */
export interface Devtools {
  /** Sends one command and resolves with its result; rejects when the browser refuses or does not answer. */
  readonly send: (method: string, params?: BrowserRecord, sessionId?: string) => Promise<BrowserRecord>;
  /** Calls the listener with each event, and the session it is of, until the returned function is called. */
  readonly onEvent: (
    listener: (method: string, params: BrowserRecord, sessionId: string | undefined) => void,
  ) => () => void;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
}

export function isBrowserRecord(value: unknown): value is BrowserRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The records in a list of a browser's answer; none where there is no such list. */
export function recordsOf(answer: BrowserRecord, name: string): BrowserRecord[] {
  const value = answer[name];
  return Array.isArray(value) ? value.filter(isBrowserRecord) : [];
}

/** The text at `name`; empty where the browser sent none. */
export function textOf(record: BrowserRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : '';
}

/** The record at `name`; an empty one where the browser sent none. */
export function recordOf(record: BrowserRecord, name: string): BrowserRecord {
  const value = record[name];
  return isBrowserRecord(value) ? value : {};
}
