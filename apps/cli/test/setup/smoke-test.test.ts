import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smokeTest } from '../../src/setup/smoke-test.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smoke-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const polite = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const result = method === 'initialize'
    ? { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'fake', version: '9' } }
    : { tools: ['escarp_acquire', 'escarp_status'].map((name) => ({ name, inputSchema: { type: 'object' } })) };
  console.log('not a message');
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
});`;

function ask(script: string, timeoutMs = 30_000) {
  const path = join(folder, 'server.cjs');
  writeFileSync(path, script);
  const registration = { name: 'escarp', command: process.execPath, args: [path], env: {} };
  return smokeTest(registration, { env: process.env, version: '2.0.0', timeoutMs });
}

describe('the smoke test', () => {
  it('asks a server for its tools over stdio', async () => {
    expect(await ask(polite)).toEqual({ server: 'fake 9', tools: ['escarp_acquire', 'escarp_status'] });
  });

  it('ends a server that does not leave by itself', async () => {
    const pid = await ask(
      `${polite}\nsetInterval(() => {}, 1000);\nrequire('node:fs').writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid));`,
    ).then(() => Number(readFileSync(join(folder, 'pid'), 'utf8')));
    expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }) as Error);
  });

  it.each([
    ['dies', 'console.error("cannot find module x"); process.exit(7);', 'ended with 7. cannot find module x'],
    ['refuses', polite.replace('result }', "error: { code: -1, message: 'not today' } }"), 'not today'],
  ])('reports a server that %s', async (_, script, message) => {
    await expect(ask(script)).rejects.toMatchObject({
      code: 'smoke_test_failed',
      message: expect.stringContaining(message) as string,
    });
  });

  it('gives up on a server that says nothing', async () => {
    await expect(ask('setInterval(() => {}, 1000);', 300)).rejects.toMatchObject({
      code: 'smoke_test_failed',
    });
  });

  it('reports a command that is not there', async () => {
    const registration = { name: 'x', command: join(folder, 'missing'), args: [], env: {} };
    await expect(
      smokeTest(registration, { env: {}, version: '2.0.0', timeoutMs: 30_000 }),
    ).rejects.toMatchObject({
      code: 'smoke_test_failed',
      message: expect.stringContaining('ENOENT') as string,
    });
  });
});
