import { OperationError } from '@escarp/contract';
import { errorToWire } from '../wire/error-to-wire.js';

/** On every answer: nothing is kept, sniffed, embedded or framed, and no CORS header is ever sent. */
export const safeHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

const jsonHeaders = { 'content-type': 'application/json', ...safeHeaders };

export const replyJson = (body: unknown): Response =>
  new Response(JSON.stringify(body), { status: 200, headers: jsonHeaders });

export function replyError(error: OperationError, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(errorToWire(error)), {
    status: error.status,
    headers: { ...jsonHeaders, ...advice(error), ...headers },
  });
}

function advice({ code, retryAfterS }: OperationError): Record<string, string> {
  const retryAfter =
    retryAfterS === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterS))) };
  return code === 'unauthorized' ? { ...retryAfter, 'www-authenticate': 'Bearer' } : retryAfter;
}

/** For requests whose address or Host cannot even be parsed; the server's adapter calls it before the app. */
export const replyUnreadable = (): Response =>
  replyError(
    new OperationError('bad_request', { message: 'The address or the Host header cannot be read.' }),
  );
