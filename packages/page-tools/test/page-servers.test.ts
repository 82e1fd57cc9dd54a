import { fileURLToPath } from 'node:url';
import { PageServers, inspectServer, type LeasedBrowser } from '@escarp/page-tools';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

const script = fileURLToPath(new URL('page-server.mjs', import.meta.url));

const browser = (slot: number): LeasedBrowser => ({
  handle: `lease-${slot}`,
  slot,
  cdpPort: 9222 + slot,
  cdpHttpUrl: `http://127.0.0.1:${9222 + slot}`,
  cdpWsUrl: `ws://127.0.0.1:${9222 + slot}/devtools/browser/x`,
});

function serve(args: readonly string[] = [script, '{cdp_http}'], command = process.execPath) {
  const servers = new PageServers({
    command: { command, args },
    env: process.env,
    cwd: process.cwd(),
    version: '2.0.0',
    graceMs: 500,
  });
  onTestFinished(() => servers.close());
  const call = async (name: string, slot = 0, more: Partial<Parameters<PageServers['call']>[0]> = {}) =>
    servers.call({
      lease: browser(slot),
      name,
      args: {},
      signal: new AbortController().signal,
      ...more,
    });
  const look = async (slot = 0) => {
    const [first] = (await call('look', slot)).content;
    const [address, calls, pid] = (first?.type === 'text' ? first.text : '').split(/ +/);
    return { address, calls: Number(calls), pid: Number(pid) };
  };
  return { servers, call, look };
}

const textOf = ({ content }: Awaited<ReturnType<PageServers['call']>>): string =>
  content.map((part) => (part.type === 'text' ? part.text : part.type)).join(' ');

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a page server', () => {
  it('is asked for its tools before there is a lease', async () => {
    const { servers } = serve();
    const names = (await servers.list()).map(({ name }) => name);
    expect(names).toEqual(['look', 'die', 'die_looking', 'grow', 'wait']);
  });

  it('runs once for each lease, and is told its browser', async () => {
    const { look } = serve();
    const [one, two] = [await look(0), await look(1)];
    expect(one).toMatchObject({ address: 'http://127.0.0.1:9222', calls: 1 });
    expect(two).toMatchObject({ address: 'http://127.0.0.1:9223', calls: 1 });
    expect(one.pid).not.toBe(two.pid);
    expect(await look(0)).toEqual({ ...one, calls: 2 });
  });

  it('is started once for calls that come at once', async () => {
    const { look } = serve();
    const pids = (await Promise.all([look(), look(), look()])).map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(1);
  });

  it('ends with its lease, and with the server', async () => {
    const { servers, look } = serve();
    const [one, two] = [await look(0), await look(1)];
    await servers.end('lease-0');
    expect([isRunning(one.pid), isRunning(two.pid)]).toEqual([false, true]);
    await servers.close();
    expect(isRunning(two.pid)).toBe(false);
  });

  it('that dies while its lease ends is not started again', async () => {
    const { servers, call, look } = serve();
    const { pid } = await look();
    const answer = call('wait');
    process.kill(pid, 'SIGKILL');
    await Promise.all([servers.end('lease-0'), expect(answer).rejects.toThrow(/closed/i)]);
  });

  it('ends with what a wrapper has started that does not listen', async () => {
    const wrapper = `require('child_process').spawn(process.execPath, [${JSON.stringify(script)}, 'inner'], { stdio: 'inherit' });
      process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
    const { servers, look } = serve(['-e', wrapper]);
    const { pid } = await look();
    await servers.end('lease-0');
    expect(isRunning(pid)).toBe(false);
  });

  it('answers through it untouched: images, extras and errors', async () => {
    const { call } = serve();
    const answer = await call('look', 0, { args: { text: 'hello' } });
    expect(answer).toEqual({
      content: [
        { type: 'text', text: expect.stringContaining(' hello 1 ') },
        { type: 'image', data: 'aGVsbG8=', mimeType: 'image/png' },
      ],
      _meta: { 'example.org/own': true },
    });
    await expect(call('nothing')).rejects.toMatchObject({ code: -32602, message: 'No tool nothing' });
  });

  it('tells its progress and learns of a cancellation', async () => {
    const { call, look } = serve();
    const cancel = new AbortController();
    const told: unknown[] = [];
    const onProgress = (progress: unknown) => {
      told.push(progress);
      cancel.abort(new Error('enough'));
    };
    await expect(call('wait', 0, { signal: cancel.signal, onProgress })).rejects.toThrow('enough');
    expect(told).toEqual([{ progress: 3, total: 4, message: 'three of four' }]);
    await vi.waitUntil(async () => (await look()).calls > 100, 45_000);
  });

  it('that died between two calls is started anew', async () => {
    const { look } = serve();
    const { pid } = await look();
    process.kill(pid, 'SIGKILL');
    await vi.waitUntil(() => !isRunning(pid), 45_000);
    expect((await look()).calls).toBe(1);
  });

  it('that dies in a call is started anew, and the call is not made twice', async () => {
    const { call, look } = serve();
    const before = await look();
    const answer = await call('die');
    expect(answer.isError).toBe(true);
    expect(textOf(answer)).toMatch(/ended with 7.*Another one is running.*look at the page/);
    const after = await look();
    expect(after.calls).toBe(1);
    expect(after.pid).not.toBe(before.pid);
  });

  it('that dies again in a call that only reads is reported', async () => {
    const { call } = serve();
    const answer = await call('die_looking');
    expect(answer.isError).toBe(true);
    expect(textOf(answer)).toMatch(/ended twice.*ended with 8/);
  });

  it('that does not start says why', async () => {
    const { call, servers } = serve(['-e', 'console.error("no such thing"); process.exit(3)']);
    expect(textOf(await call('look'))).toMatch(/does not start.*ended with 3.*no such thing/);
    await expect(servers.list()).rejects.toThrow(
      /^The page server does not start: it ended with 3\. no such/,
    );
  });

  it('that is no program says so in one sentence', async () => {
    const { servers } = serve([], '/no/such/program');
    await expect(servers.list()).rejects.toThrow(
      /^The page server does not start: \/no\/such\/program [^.]*\.$/,
    );
  });

  it('that gets other tools says so', async () => {
    const { servers, call } = serve();
    await servers.list();
    const changed = new Promise<void>((resolve) => servers.onListChanged(resolve));
    await call('grow');
    await changed;
    expect((await servers.list()).map(({ name }) => name)).toContain('grown');
  });
});

describe('looking at a server', () => {
  const inspect = (args: readonly string[]) =>
    inspectServer(
      { command: process.execPath, args, env: process.env },
      { version: '2.0.0', timeoutMs: 50_000 },
    );

  it('says what it is and which tools it has', async () => {
    expect(await inspect([script])).toEqual({
      server: 'pages 3',
      tools: ['look', 'die', 'die_looking', 'grow', 'wait'],
    });
  });

  it('says how it ended and what it last said', async () => {
    await expect(inspect(['-e', 'console.error("broken"); process.exit(4)'])).rejects.toThrow(
      /ended with 4.*broken/,
    );
  });
});
