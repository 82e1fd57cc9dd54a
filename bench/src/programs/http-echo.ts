// The least that a Node server can do: read JSON, write JSON. At /same it answers with what it was told at /answer.
import { createServer } from 'node:http';
import { endWithParent, sayReady } from '../program-port.js';

let answer: unknown;
const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    const told: unknown = JSON.parse(text);
    if (request.url === '/answer') answer = told;
    const body = JSON.stringify(request.url === '/same' ? answer : told);
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
