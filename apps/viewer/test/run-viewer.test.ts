import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { PassThrough } from 'node:stream';
import { portLadder } from '@escarp/contract';
import { freePorts, makeTempHome, type TempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runViewer } from '../src/run-viewer.js';

describe('a viewer whose ports are in use', () => {
  let home: TempHome;
  let base: number;
  let others: Server[];

  beforeEach(async () => {
    home = await makeTempHome();
    base = await freePorts(110);
    others = await Promise.all(portLadder(base).map(occupy));
  });
  afterEach(async () => {
    for (const other of others) other.close();
    await home.remove();
  });

  const run = async (): Promise<{ exitCode: number; said: Record<string, unknown> }> => {
    const stdout = new PassThrough();
    const stop = new AbortController();
    const said: string[] = [];
    stdout.on('data', (chunk) => {
      said.push(String(chunk));
      stop.abort();
    });
    const exitCode = await runViewer({
      version: '0.0.0',
      environment: { ESCARP_HOME: home.path, ESCARP_VIEW_PORT: String(base) },
      cwd: home.path,
      userHome: home.path,
      uid: process.getuid?.(),
      pid: process.pid,
      clocks: {
        wallMs: Date.now,
        monotonicMs: () => performance.now(),
        newId: () => crypto.randomUUID(),
        randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
      },
      stdout,
      stderr: new PassThrough(),
      interrupted: stop.signal,
    });
    await once(stdout.end(), 'end');
    return { exitCode, said: JSON.parse(said.join('')) };
  };

  it('says that they are, and which setting chooses another', async () => {
    expect(await run()).toEqual({
      exitCode: 1,
      said: {
        error: 'ports_taken',
        message: `The viewer's port ${base} and the 10 above it are taken.`,
        hint: 'Set ESCARP_VIEW_PORT to a free port.',
      },
    });
  });

  it('takes the first of them that is free', async () => {
    const [, , , fourth] = others;
    if (fourth !== undefined) await once(fourth.close(), 'close');
    expect(await run()).toMatchObject({ exitCode: 0, said: { url: `http://127.0.0.1:${base + 30}` } });
  });
});

async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}
