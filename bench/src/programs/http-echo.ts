// The least that a Node server can do: read JSON, write JSON. At /same it answers with what it was told at /answer, at
// /acquire never, and at /waiting with how many that has left waiting.
import { createServer } from 'node:http';
import { endWithParent, sayReady } from '../program-port.js';

let answer: unknown;
let waiting = 0;
const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    const told: unknown = JSON.parse(text);
    if (request.url === '/acquire') {
      waiting += 1;
      response.once('close', () => (waiting -= 1));
      return;
    }
    if (request.url === '/answer') answer = told;
    const answers: Record<string, unknown> = { '/same': answer, '/waiting': { waiting } };
    const body = JSON.stringify(answers[request.url ?? ''] ?? told);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  sayReady({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` });
});
endWithParent();
