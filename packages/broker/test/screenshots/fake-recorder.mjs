// Writes into the file `heard` of its folder what it is told, and when it ends.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [home] = process.argv.slice(2);
const say = (line) => appendFileSync(join(home, 'heard'), `${line}\n`);

say(`started ${process.pid}`);
for await (const line of createInterface({ input: process.stdin })) {
  const { order, leases } = JSON.parse(line);
  say(`told ${leases.map(({ lease }) => lease).join(' ')}`);
  if (leases.some(({ lease }) => lease === 'fatal')) process.exit(1);
  process.stdout.write(`${JSON.stringify({ done: order })}\n`);
}
say('ending');
// As one does that has a browser to let go of.
await new Promise((resolve) => setTimeout(resolve, 300));
say('ended');
