import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '@escarp/child-process';
import { createIdentityDriver, type Run } from '../../src/index.js';
import { displayFiles, readDisplayRecord } from '../../src/linux/display-record.js';
import { readRunningProcess } from '../../src/linux/process-stamp.js';
import { parseXAddress } from '../../src/linux/x-address.js';
import { withXConnection } from '../../src/linux/x-connection.js';
import { openSlotHome, ports, screen, type SlotHome } from '../linux-fixture.js';

// Its display number is far from those that other tests take meanwhile.
const slot = 50;
const noSession = { display: null, authorityPath: null, waylandDisplay: null };

describe('the display of a slot', { tags: ['browser'] }, () => {
  let slots: SlotHome;
  let children: ChildProcess[];
  const files = () => displayFiles(slots.home, slot);
  const prepare = () => slots.driver.prepare(slot, '/bin/true', 'relaunch');
  const record = async () => {
    const found = await readDisplayRecord(files().record);
    if (found === null) throw new Error('no record');
    return found;
  };
  const driverWith = (run: Run) =>
    createIdentityDriver(
      'linux',
      { home: slots.home, displays: true, cuaApps: false, screen, session: noSession },
      { ...ports, run },
    );

  beforeEach(async () => {
    slots = await openSlotHome();
    children = [];
  });

  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await slots.close();
  });

  test('is given to the browser by DISPLAY and XAUTHORITY, with the slot’s class', async () => {
    const { environment, arguments: added } = await prepare();
    const { displayNumber } = await record();
    expect(environment).toMatchObject({ DISPLAY: `:${displayNumber}`, XAUTHORITY: files().authority });
    expect(environment['WAYLAND_DISPLAY']).toBeNull();
    expect(added).toContain(`--class=escarp-slot${slot}`);
  });

  test('opens only to the holder of its cookie, listens on no port, and leaves nothing readable to others', async () => {
    await prepare();
    const address = parseXAddress(`:${(await record()).displayNumber}`);
    await expect(withXConnection({ address, authorityPath: null }, async () => 'in')).rejects.toMatchObject({
      code: 'display_unreachable',
    });
    expect(await withXConnection({ address, authorityPath: files().authority }, async () => 'in')).toBe('in');
    await expect(reach(6000 + address.number)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(reach(5900 + address.number)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    for (const path of Object.values(files())) expect((await stat(path)).mode & 0o077).toBe(0);
  });

  test('answers VNC on a unix socket of its own', async () => {
    await prepare();
    const socket = connect(files().socket);
    const [greeting] = await once(socket, 'data');
    expect(String(greeting)).toMatch(/^RFB 003\.008\n/);
    socket.destroy();
  });

  test('has no process of ours for a parent, and a session of its own', async () => {
    await prepare();
    const { pid } = (await record()).process;
    const status = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    expect(Number(status[1])).not.toBe(process.pid);
    expect(Number(status[3])).toBe(pid);
  });

  test('outlives its daemon: the next one adopts it, the same process on the same number', async () => {
    await prepare();
    const before = await record();
    await driverWith(runCommand).prepare(slot, '/bin/true', 'relaunch');
    expect(await record()).toEqual(before);
  });

  test('is started anew on its number when it was killed', async () => {
    await prepare();
    const before = await record();
    process.kill(before.process.pid, 'SIGKILL');
    await expect.poll(() => readRunningProcess(before.process.pid)).toBeNull();
    const identity = await slots.driver.identify(slot, { pid: 1, headless: false, cdp: null });
    expect(identity.live.failure?.code).toBe('display_missing');
    await prepare();
    const after = await record();
    expect(after.displayNumber).toBe(before.displayNumber);
    expect(after.process.pid).not.toBe(before.process.pid);
  });

  test('that no longer answers is said to be unreachable, and replaced', async () => {
    await prepare();
    const before = await record();
    process.kill(before.process.pid, 'SIGSTOP');
    const identity = await slots.driver.identify(slot, { pid: 1, headless: false, cdp: null });
    expect(identity.live.failure).toMatchObject({ code: 'display_unreachable' });
    await prepare();
    expect((await record()).process.pid).not.toBe(before.process.pid);
    expect(await readRunningProcess(before.process.pid)).toBeNull();
  });

  test('goes with its slot, with its files, and can be removed twice', async () => {
    await prepare();
    const { process: server } = await record();
    await slots.driver.remove(slot);
    expect(await readRunningProcess(server.pid)).toBeNull();
    expect([files().record, files().authority, files().socket].filter(existsSync)).toEqual([]);
    await slots.driver.remove(slot);
  });

  test('whose record was lost is found by its socket path and ended, not left behind', async () => {
    await prepare();
    const { process: server } = await record();
    await writeFile(files().record, '{"slot":0,"displ');
    await prepare();
    expect(await readRunningProcess(server.pid)).toBeNull();
    expect((await record()).process.pid).not.toBe(server.pid);
  });

  test('is not adopted from a record of another start, though pid and socket are right', async () => {
    await prepare();
    const { process: server, ...rest } = await record();
    const earlier = { ...server, startTicks: server.startTicks - 1 };
    await writeFile(files().record, JSON.stringify({ ...rest, process: earlier }));
    const identity = await slots.driver.identify(slot, { pid: 1, headless: false, cdp: null });
    expect(identity.live.failure?.code).toBe('display_missing');
    await prepare();
    expect((await record()).process.pid).not.toBe(server.pid);
  });

  test('never costs a stranger its life, though the record names the stranger’s pid', async () => {
    await prepare();
    const stranger = spawn('sleep', ['600']);
    children.push(stranger);
    const running = await readRunningProcess(stranger.pid!);
    await writeFile(files().record, JSON.stringify({ ...(await record()), process: running?.stamp }));
    await prepare();
    await slots.driver.remove(slot);
    expect(await readRunningProcess(stranger.pid!)).toEqual(running);
  });

  test('does not take a number that another server has', async () => {
    const other = await openSlotHome();
    try {
      await Promise.all([prepare(), other.driver.prepare(slot, '/bin/true', 'clean')]);
      const theirs = await readDisplayRecord(displayFiles(other.home, 0).record);
      expect((await record()).displayNumber).not.toBe(theirs?.displayNumber);
    } finally {
      await other.close();
    }
  });

  test('says what to install when there is no Xvnc', async () => {
    const driver = driverWith(withoutXvnc);
    await expect(driver.prepare(slot, '/bin/true', 'clean')).rejects.toMatchObject({
      code: 'xvnc_missing',
      hint: expect.stringContaining('tigervnc-standalone-server'),
    });
    expect(await driver.doctor()).toMatchObject([{ code: 'xvnc_missing', severity: 'error' }]);
  });

  test('says what the server said when it would not start', async () => {
    await expect(
      driverWith(replacing('-depth', '-no-such-option')).prepare(slot, '/bin/true', 'clean'),
    ).rejects.toMatchObject({
      code: 'display_start_failed',
      message: expect.stringContaining('no-such-option'),
    });
  });

  test('refuses a state directory whose path no socket can have', async () => {
    const home = `${slots.home}/${'deep'.repeat(30)}`;
    const driver = createIdentityDriver(
      'linux',
      { home, displays: true, cuaApps: false, screen, session: noSession },
      ports,
    );
    await expect(driver.prepare(slot, '/bin/true', 'clean')).rejects.toMatchObject({
      code: 'display_start_failed',
      hint: 'Choose a shorter ESCARP_HOME.',
    });
    await rm(home, { recursive: true, force: true });
  });
});

async function reach(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect').finally(() => socket.destroy());
}

/** Runs commands for real, with one word changed. */
function replacing(from: string, to: string): Run {
  return (command, words, options) =>
    runCommand(
      command,
      words.map((word) => (word === from ? to : word)),
      options,
    );
}

const withoutXvnc: Run = async (command, words, options) =>
  command === 'Xvnc'
    ? { exitCode: null, stdout: '', stderr: '' }
    : replacing('Xvnc', 'no-such-Xvnc')(command, words, options);
