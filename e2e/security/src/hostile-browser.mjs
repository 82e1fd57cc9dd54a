#!/usr/bin/env node
// Launched in a browser's place: says it is ready, and then each slot has another fault in how it answers.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const faults = ['lies', 'floods', 'stalls', 'huge frame', 'babbles', 'hangs up', 'endless version', 'deaf'];

const argument = (name) =>
  process.argv.find((text) => text.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
const port = Number(argument('remote-debugging-port'));
const fault = faults[Number(/slot-(\d+)$/.exec(argument('user-data-dir'))?.[1])];
const path = '/devtools/browser/1f2e3d4c';

const server = createServer((_, response) => {
  if (fault === 'deaf') return;
  if (fault === 'endless version') return pour(response, () => response.write('x'.repeat(10_000)));
  const webSocketDebuggerUrl = `ws://127.0.0.1:${port}${path}`;
  response.end(JSON.stringify({ Browser: 'Chrome/\u001b[31m156\u009b2J', webSocketDebuggerUrl }));
});
server.on('upgrade', (request, socket) => {
  socket.on('error', () => {});
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade'];
  socket.write(`${[...head, `sec-websocket-accept: ${accept}`].join('\r\n')}\r\n\r\n`);
  if (fault === 'floods')
    pour(socket, () => socket.write(frame(JSON.stringify({ method: 'X', params: bulk }))));
  socket.on('data', (data) => answer(socket, unmasked(data)));
});
server.listen(port, '127.0.0.1', () =>
  process.stderr.write(`DevTools listening on ws://127.0.0.1:${port}${path}\n`),
);

const bulk = { text: 'x'.repeat(100_000) };

function answer(socket, text) {
  const id = Number(/"id":(\d+)/.exec(text)?.[1]);
  if (fault === 'lies')
    socket.write(frame(JSON.stringify({ id, result: { targetInfos: 'none', targetId: {} } })));
  if (fault === 'huge frame')
    socket.write(frame(JSON.stringify({ id, result: { text: 'x'.repeat(100_000_000) } })));
  if (fault === 'babbles') socket.write(frame('\u001b]0;no JSON\u0007'));
  if (fault === 'hangs up') socket.destroy();
}

/** One unmasked text frame. */
function frame(text) {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(10);
  head[0] = 0x81;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** The text of one short masked frame, which is all that a client under attack gets to send. */
function unmasked(data) {
  const [start, length] = (data[1] & 0x7f) === 126 ? [4, data.readUInt16BE(2)] : [2, data[1] & 0x7f];
  const mask = data.subarray(start, start + 4);
  return Buffer.from(
    data.subarray(start + 4, start + 4 + length).map((byte, at) => byte ^ mask[at % 4]),
  ).toString();
}

/** Writes without end, and no faster than it is taken, so that this machine has time for others too. */
function pour(sink, write) {
  const next = () => {
    if (sink.destroyed) return;
    if (write()) setImmediate(next);
    else sink.once('drain', next);
  };
  next();
}
