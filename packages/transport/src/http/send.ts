import { OperationError } from '@escarp/contract';
import { filledPath } from '../path-fields.js';
import { fromWire, toWire } from '../wire/convert.js';
import { errorFromWire } from '../wire/error-from-wire.js';

/** The part of `fetch` that the client needs, so that a program can supply a lighter one. `status` is the HTTP status. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal?: AbortSignal },
) => Promise<{ status: number; text(): Promise<string> }>;

export type Target = { baseUrl: string; token?: string | undefined; fetch: Fetch };

/** The connection broke before the whole reply arrived, so it is unknown whether the request was carried out. */
export class LostReply extends Error {
  override readonly name = 'LostReply';
}

/**
 * Sends one request and returns its reply, in camel case.
 *
 * @throws OperationError with the server's error; LostReply; the signal's reason if it was aborted.
 */
export async function send(
  target: Target,
  { method, path }: { method: string; path: string },
  input: object,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { path: filled, rest } = filledPath(path, input);
  const { status, text } = await exchange(target, filled, {
    method,
    headers: requestHeaders(method, target.token),
    ...(method === 'POST' ? { body: JSON.stringify(toWire(rest)) } : {}),
    ...(signal ? { signal } : {}),
  });
  const body = parse(text);
  if (status === 200 && body !== undefined) return fromWire(body);
  throw errorFromWire(body) ?? foreignReply(status);
}

async function exchange(target: Target, path: string, init: Parameters<Fetch>[1]) {
  try {
    const reply = await target.fetch(target.baseUrl + path, init);
    return { status: reply.status, text: await reply.text() };
  } catch (cause) {
    init.signal?.throwIfAborted();
    // A caller that brought its own fetch has already said why it gave up.
    if (cause instanceof OperationError) throw cause;
    throw new LostReply('The connection broke before the reply was whole.', { cause });
  }
}

function requestHeaders(method: string, token: string | undefined): Record<string, string> {
  return {
    ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const foreignReply = (status: number) =>
  new OperationError('daemon_unreachable', {
    message: `Something that is not escarp answers at this address (HTTP ${status}).`,
    hint: 'Check ESCARP_BROKER_URL and ESCARP_API_PORT.',
  });
