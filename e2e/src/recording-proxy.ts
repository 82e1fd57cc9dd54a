import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Stands between a client and the daemon and keeps every lease token that went by. */
export interface RecordingProxy {
  readonly url: string;
  readonly tokens: Set<string>;
  close(): void;
}

export async function startRecordingProxy(daemonUrl: string): Promise<RecordingProxy> {
  const tokens = new Set<string>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, text } = await forward(daemonUrl, request);
    for (const [, token = ''] of text.matchAll(/"lease_token":\s*"([^"]+)"/g)) tokens.add(token);
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, tokens, close: () => void server.close() };
}

async function forward(
  daemonUrl: string,
  request: IncomingMessage,
): Promise<{ status: number; text: string }> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const response = await fetch(daemonUrl + (request.url ?? ''), {
    method: request.method ?? 'GET',
    ...(request.method === 'POST' ? { body, headers: { 'content-type': 'application/json' } } : {}),
  });
  return { status: response.status, text: await response.text() };
}
