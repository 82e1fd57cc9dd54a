import type { ErrorReply } from '@escarp/live-view/wire';

/** What the viewer server answered: either a body, or why not. `status` is 0 if it could not be reached. */
export type Answer<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly error: ErrorReply };

const unreachable: ErrorReply = {
  error: 'viewer_unreachable',
  message: 'The viewer does not answer.',
  hint: 'Check that escarp runs, and the connection to its machine.',
};

/** Reads from a path of the viewer server. */
export const get = async <T>(path: string): Promise<Answer<T>> => call<T>(path, {});

/** Asks the viewer server to do something. */
export const post = async <T>(path: string, body: object): Promise<Answer<T>> =>
  call<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** What went wrong and, if there is something, what to do about it. */
export const wordsOf = ({ message, hint }: ErrorReply): string => [message, hint].filter(Boolean).join(' ');

/** The address of one of its sockets. */
export function socketAddress(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url.href;
}

async function call<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(new URL(path, location.href.split('#')[0]), { ...init, redirect: 'error' });
    if (response.ok) {
      const body: T = await response.json();
      return { ok: true, body };
    }
    return { ok: false, status: response.status, error: await errorOf(response) };
  } catch {
    return { ok: false, status: 0, error: unreachable };
  }
}

async function errorOf(response: Response): Promise<ErrorReply> {
  const fallback: ErrorReply = { error: 'internal', message: `The viewer answered ${response.status}.` };
  const read: Promise<ErrorReply> = response.json();
  return read.catch(() => fallback);
}
