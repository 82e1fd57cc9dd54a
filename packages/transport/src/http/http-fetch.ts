import type { IncomingMessage, request as httpRequest } from 'node:http';
import type { Fetch } from './send.js';

/** `fetch` by Node's own HTTP client, because loading the global one takes a third as long as starting Node. */
export const httpFetch: Fetch = async (url, { method, headers, body, signal }) => {
  const request = await requestFunction(url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, {
      method,
      headers: { ...headers, ...lengthOf(body) },
      ...(signal ? { signal } : {}),
    });
    sent.on('response', resolve).on('error', reject).end(body);
  });
  return { status: response.statusCode ?? 0, text: () => readText(response) };
};

async function requestFunction(url: string): Promise<typeof httpRequest> {
  return url.startsWith('https:')
    ? (await import('node:https')).request
    : (await import('node:http')).request;
}

const lengthOf = (body: string | undefined) =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += String(chunk);
  return text;
}
