import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { connectDevtools } from '../../src/devtools/devtools-connection.js';
import { createOwnSockets } from '../../src/devtools/own-sockets.js';

const browser = fileURLToPath(new URL('overflowing-browser.mjs', import.meta.url));
const growthBytesMax = 70_000_000;

it.each(['huge_frame', 'floods'])(
  'a browser that sends a %s is cut off before it fills the memory',
  { timeout: 60_000 },
  async (fault) => {
    const child = spawn(process.execPath, [browser, fault], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [printed]: unknown[] = await once(child.stdout, 'data');
    const before = memoryInUse();
    let most = before;
    const sampling = setInterval(() => (most = Math.max(most, memoryInUse())), 1);
    const wsUrl = `ws://127.0.0.1:${String(printed).trim()}/devtools/browser/fake`;
    const connection = await connectDevtools(wsUrl, { own: createOwnSockets(), callMs: 60_000 });
    await connection.send('Browser.getVersion').catch(() => {});
    await connection.closed;
    clearInterval(sampling);
    child.kill();
    expect(most - before).toBeLessThan(growthBytesMax);
  },
);

function memoryInUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
