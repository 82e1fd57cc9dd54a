import type { Agent, IncomingMessage } from 'node:http';
import type { Fetch } from './send.js';

/** `fetch` by Node's own HTTP client, because loading the global one takes a third as long as starting Node. */
export const httpFetch: Fetch = async (url, { method, headers, body, signal }) => {
  const { request, agent } = await transportOf(url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, { method, agent, headers: { ...headers, ...lengthOf(body) } });
    // Handed to the request, a signal would be watched through all of the streams' machinery, which is loaded for it.
    const abort = () => void sent.destroy();
    signal?.addEventListener('abort', abort);
    sent.on('close', () => signal?.removeEventListener('abort', abort));
    sent.on('response', resolve).on('error', reject).end(body);
    if (signal?.aborted === true) abort();
  });
  return { status: response.statusCode ?? 0, text: () => readText(response) };
};

const agents = new Map<string, Agent>();

/** With an agent of our own: Node's global one takes the proxy that the environment names, which a daemon is not behind. */
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
