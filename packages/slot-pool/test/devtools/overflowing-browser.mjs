// A browser that sends more than anyone wants, in a process of its own so that its memory is not its client's.
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

const [fault] = process.argv.slice(2);
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', (client) => {
  client.on('error', () => {});
  if (fault === 'huge_frame')
    client.send(JSON.stringify({ id: 1, result: { text: 'x'.repeat(100_000_000) } }));
  else void flood(client);
});
await once(server, 'listening');
process.stdout.write(`${server.address().port}\n`);

async function flood(client) {
  const event = JSON.stringify({ method: 'Fake.event', params: { text: 'x'.repeat(1_000_000) } });
  while (client.readyState === client.OPEN) await new Promise((sent) => client.send(event, () => sent()));
}
