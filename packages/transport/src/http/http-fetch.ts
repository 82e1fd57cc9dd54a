import type { Agent, IncomingMessage } from 'node:http';
import type { Fetch } from './send.js';

/** `fetch` on Node's own HTTP client, because loading the global one takes a third as long as starting Node. */
export const httpFetch: Fetch = async (url, { method, headers, body, signal }) => {
  const { request, agent } = await transportOf(url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, { method, agent, headers: { ...headers, ...lengthOf(body) } });
    // If the signal were passed to the request, it would be observed by the streams' own machinery, which would be
    // loaded just for that.
    const abort = () => void sent.destroy();
    signal?.addEventListener('abort', abort);
    sent.on('close', () => signal?.removeEventListener('abort', abort));
    sent.on('response', resolve).on('error', reject).end(body);
    if (signal?.aborted === true) abort();
  });
  return { status: response.statusCode ?? 0, text: () => readText(response) };
};

const agents = new Map<string, Agent>();

/**
 * With an agent of our own: Node's global one uses the proxy named by the environment, and a daemon is not behind a
 * proxy.
 */
async function transportOf(url: string) {
  const isSecure = url.startsWith('https:');
  const { request, Agent } = isSecure ? await import('node:https') : await import('node:http');
  const scheme = isSecure ? 'https' : 'http';
  const agent = agents.get(scheme) ?? new Agent({ keepAlive: true, timeout: 5_000 });
  agents.set(scheme, agent);
  return { request, agent };
}

const lengthOf = (body: string | undefined) =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += String(chunk);
  return text;
}
