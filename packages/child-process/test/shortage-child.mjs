// Uses up every descriptor but `spare`, then says as JSON how starting a program and looking at processes turn out.
import { closeSync, openSync } from 'node:fs';
import { processFamily, runCommand, startProcess } from '../dist/index.js';

const spare = Number(process.argv[2]);
const family = { platform: process.platform, mark: process.argv[3], ownsSession: false };
await runCommand('true', [], { timeoutMs: 60_000 });
await processFamily(family);
const taken = [];
try {
  for (;;) taken.push(openSync('/dev/null'));
} catch {
  for (const descriptor of taken.splice(0, spare)) closeSync(descriptor);
}
const started = await startProcess('true', []).then(
  () => 'started',
  (error) => `${error.name} ${error.code}`,
);
const ran = await runCommand('true', [], { timeoutMs: 60_000 });
const members = await processFamily(family).then(({ length }) => length, String);
for (const descriptor of taken) closeSync(descriptor);
process.stdout.write(JSON.stringify({ started, ran: ran.failure?.code ?? ran.exitCode, members }));
