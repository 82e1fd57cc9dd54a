import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import type { Report, Request } from './messages.js';
import { BrowserDesk } from './program/browser-desk.js';
import type { PlaywrightLibrary } from './program/playwright-library.js';

// The first argument is the folder of the suite's library, which is loaded here and in no process of escarp's own.
const [libraryFolder = ''] = process.argv.slice(2);
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- versions that lack any of it are refused before.
const playwright = createRequire(import.meta.url)(libraryFolder) as PlaywrightLibrary;

const desk = new BrowserDesk(playwright, (report: Report) => {
  process.stdout.write(`${JSON.stringify(report)}\n`);
});
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const request: Request = JSON.parse(line);
  void desk.serve(request);
});
// Whoever started this program holds the other end, and has ended with or without a word.
lines.on('close', () => void desk.endAll().finally(() => process.kill(process.pid, 'SIGTERM')));
