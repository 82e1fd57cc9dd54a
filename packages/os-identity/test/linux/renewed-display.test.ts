import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '@escarp/child-process';
import { displayFiles, readDisplayRecord } from '../../src/linux/display-record.js';
import { readRunningProcess } from '../../src/linux/process-stamp.js';
import { renewSlotDisplay } from '../../src/linux/slot-display.js';
import { parseXAddress, xSocketPath } from '../../src/linux/x-address.js';
import { readXCookie } from '../../src/linux/xauthority.js';
import { openSlotHome, ports, screen, type SlotHome } from '../linux-fixture.js';

// Displays belong to the machine: no test beside this one takes the number of this slot's display while it is down.
const slot = 60;

describe('a display that is made anew for the next holder', { tags: ['browser'] }, () => {
  let slots: SlotHome;
  let children: ChildProcess[];
  const files = () => displayFiles(slots.home, slot);
  const clean = () => slots.driver.prepare(slot, '/bin/true', 'clean');
  const record = async () => {
    const found = await readDisplayRecord(files().record);
    if (found === null) throw new Error('no record');
    return found;
  };
  const cookie = async () => {
    const { displayNumber } = await record();
    const found = await readXCookie(files().authority, parseXAddress(`:${displayNumber}`));
    return Buffer.from(found?.data ?? []);
  };
  const greet = async (secret: Buffer | null) => {
    const { displayNumber } = await record();
    const path = xSocketPath(displayNumber);
    return Promise.all([greeting(connect(path), secret), abstractGreeting(path, secret)]);
  };

  beforeEach(async () => {
    slots = await openSlotHome();
    children = [];
    await clean();
  });

  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await slots.close();
  });

  test('keeps its number and its paths, and has another server and another cookie', async () => {
    const before = { ...(await record()), cookie: await cookie() };
    const { environment } = await clean();
    const after = { ...(await record()), cookie: await cookie() };
    expect(after.displayNumber).toBe(before.displayNumber);
    expect(environment).toMatchObject({
      DISPLAY: `:${before.displayNumber}`,
      XAUTHORITY: files().authority,
    });
    expect(after.process.pid).not.toBe(before.process.pid);
    expect(after.cookie.equals(before.cookie)).toBe(false);
    expect(await readRunningProcess(before.process.pid)).toBeNull();
    for (const path of Object.values(files())) expect((await stat(path)).mode & 0o077).toBe(0);
  });

  test('ends every connection to it, and lets nobody in with the former cookie or with none', async () => {
    const former = await cookie();
    const { displayNumber } = await record();
    const client = connect(xSocketPath(displayNumber));
    expect(await greeting(client, former)).toBe('accepted');
    const viewer = connect(files().socket);
    await once(viewer, 'data');
    viewer.resume();
    const cut = [client, viewer].map(closed);
    await clean();
    await Promise.all(cut);
    // By the socket in /tmp and by the abstract one, which no file mode protects.
    expect(await greet(former)).toEqual(['refused', 'refused']);
    expect(await greet(null)).toEqual(['refused', 'refused']);
    expect(await greet(await cookie())).toEqual(['accepted', 'accepted']);
  });

  test('is closed to those without the cookie from its first moment on', async () => {
    const answers: string[] = [];
    const isUp = new AbortController();
    const { displayNumber } = await record();
    const knock = async (): Promise<void> => {
      while (!isUp.signal.aborted) answers.push(await greeting(connect(xSocketPath(displayNumber)), null));
    };
    const run: typeof runCommand = async (...command) => {
      // The cookie is there before the server is.
      expect((await cookie()).length).toBe(16);
      return runCommand(...command);
    };
    const attempts = knock();
    await renewSlotDisplay(slots.home, slot, screen, { ...ports, run });
    isUp.abort();
    await attempts;
    expect(answers).toContain('refused');
    expect(answers).not.toContain('accepted');
  });

  test('comes up also when the former holder stopped the server, or grabbed it', async () => {
    const { process: stopped } = await record();
    process.kill(stopped.pid, 'SIGSTOP');
    await clean();
    expect(await readRunningProcess(stopped.pid)).toBeNull();
    const { displayNumber } = await record();
    const secret = await cookie();
    const grabber = connect(xSocketPath(displayNumber));
    expect(await greeting(grabber, secret)).toBe('accepted');
    const cut = closed(grabber);
    grabber.write(GRAB_SERVER);
    await clean();
    await cut;
    expect((await record()).displayNumber).toBe(displayNumber);
  });

  test('comes up when the server, its cookie or its record is gone', async () => {
    const { displayNumber, process: server } = await record();
    await rm(files().authority);
    await clean();
    await rm(files().record);
    await clean();
    const { process: killed } = await record();
    process.kill(killed.pid, 'SIGKILL');
    await expect.poll(() => readRunningProcess(killed.pid)).toBeNull();
    await clean();
    expect((await record()).displayNumber).toBe(displayNumber);
    expect(await readRunningProcess(server.pid)).toBeNull();
    expect(await serversOf(files().socket)).toEqual([(await record()).process.pid]);
  });

  test.each([
    ['before the server was started', 'before'],
    ['before the server was recorded', 'after'],
  ])('is whole again after a crash %s', async (_when, moment) => {
    const { displayNumber } = await record();
    const dies: typeof runCommand = async (...command) => {
      if (moment === 'after') await runCommand(...command);
      throw new Error('The daemon was killed.');
    };
    await expect(renewSlotDisplay(slots.home, slot, screen, { ...ports, run: dies })).rejects.toThrow(
      'killed',
    );
    const identity = await slots.driver.identify(slot, { pid: 1, headless: false, cdp: null });
    expect(identity.live.failure?.code).toBe('display_missing');
    await clean();
    expect((await record()).displayNumber).toBe(displayNumber);
    expect(await serversOf(files().socket)).toEqual([(await record()).process.pid]);
  });

  test('signals no program that only looks like its server', async () => {
    const { process: server } = await record();
    const words = [':100', '-rfbunixpath', files().socket];
    const script = `exec -a Xvnc sleep 600 # ${words.join(' ')}`;
    children.push(
      spawn('sleep', ['600'], { argv0: 'Xvnc' }),
      spawn('bash', ['--norc', '-c', script, ...words]),
      spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', ...words], { argv0: 'Xvnc' }),
    );
    const strangers = await Promise.all(children.map(async ({ pid }) => readRunningProcess(pid!)));
    await writeFile(files().record, JSON.stringify({ ...(await record()), process: strangers[2]?.stamp }));
    await clean();
    expect(await readRunningProcess(server.pid)).toBeNull();
    await slots.driver.remove(slot);
    const still = await Promise.all(children.map(async ({ pid }) => (await readRunningProcess(pid!))?.stamp));
    expect(still).toEqual(strangers.map((stranger) => stranger?.stamp));
  });

  test('is kept for a holder whose browser is relaunched', async () => {
    const before = { ...(await record()), cookie: await cookie() };
    await slots.driver.prepare(slot, '/bin/true', 'relaunch');
    expect({ ...(await record()), cookie: await cookie() }).toEqual(before);
  });
});

/** An X11 request: opcode 36, one word long. */
const GRAB_SERVER = Buffer.from([36, 0, 1, 0]);

type Answer = 'accepted' | 'refused' | 'absent';

/** What an X client says first, with this cookie or with none. */
function hello(cookie: Buffer | null): Buffer {
  const name = Buffer.from(cookie === null ? '' : 'MIT-MAGIC-COOKIE-1');
  const secret = cookie ?? Buffer.alloc(0);
  const head = Buffer.alloc(12);
  head.write('l');
  head.writeUInt16LE(11, 2);
  head.writeUInt16LE(name.length, 6);
  head.writeUInt16LE(secret.length, 8);
  return Buffer.concat([head, name, Buffer.alloc(-name.length & 3), secret]);
}

/** Greets the server. The socket stays open. */
async function greeting(socket: Socket, cookie: Buffer | null): Promise<Answer> {
  try {
    await once(socket, 'connect');
    socket.write(hello(cookie));
    const [answer] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [
      Buffer | boolean,
    ];
    // Unread, the end of the connection would never be seen.
    socket.resume();
    if (!Buffer.isBuffer(answer)) return 'absent';
    return answer[0] === 1 ? 'accepted' : 'refused';
  } catch {
    return 'absent';
  }
}

/** Resolves when the connection is over. That of a server that was killed may be reset rather than closed. */
function closed(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/**
 * Greets the server by its name in the kernel's abstract namespace, which has no file mode. Perl, because Node 20 pads
 * such a name with zeros and so names another socket.
 */
async function abstractGreeting(path: string, cookie: Buffer | null): Promise<Answer> {
  const script = `
    socket(my $x, PF_UNIX, SOCK_STREAM, 0);
    connect($x, pack_sockaddr_un("\\0$ARGV[0]")) or exit print 'absent';
    syswrite($x, pack('H*', $ARGV[1]));
    sysread($x, my $answer, 1);
    print $answer eq "\\1" ? 'accepted' : 'refused';`;
  const words = ['-MSocket', '-e', script, path, hello(cookie).toString('hex')];
  return (await runCommand('perl', words, { timeoutMs: 60_000 })).stdout as Answer;
}

async function serversOf(socket: string): Promise<number[]> {
  const { stdout } = await runCommand('pgrep', ['-f', `vnc .*-rfbunixpath ${socket} `], {
    timeoutMs: 60_000,
  });
  const pids = stdout.trim().split('\n').map(Number);
  const commands = await Promise.all(pids.map(async (pid) => readFile(`/proc/${pid}/comm`, 'utf8')));
  return pids.filter((_pid, index) => /vnc/i.test(commands[index] ?? ''));
}
