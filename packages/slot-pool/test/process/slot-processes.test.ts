import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectDevtools } from '../../src/devtools/devtools-connection.js';
import { createOwnSockets } from '../../src/devtools/own-sockets.js';
import type { SlotFacts } from '../../src/index.js';
import { slotProcesses } from '../../src/process/slot-processes.js';
import { slotPaths } from '../../src/slot-paths.js';
import { processTable } from '@escarp/child-process';
import { findXvnc, startDisplay } from '../display.js';
import { makePoolFixture } from '../pool-fixture.js';
import type { PoolFixture } from '../pool-fixture.js';

const processes = processTable(process.platform);
const hostName = 'dev.escarp.test';
const binary = process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium';

describe.runIf(process.platform === 'linux')('the processes of a slot', { tags: ['browser'] }, () => {
  let fixture: PoolFixture;
  const ours: number[] = [];

  beforeEach(async () => {
    fixture = await makePoolFixture({ spec: { extraArgs: ['--enable-unsafe-extension-debugging'] } });
  });
  afterEach(async () => {
    for (const pid of ours.splice(0)) process.kill(pid, 'SIGKILL');
    await fixture.end();
  });

  it('include a native-messaging host and what it started, wherever that went, and end with a recycle', async () => {
    const facts = await fixture.pool.launch(0);
    const pids = await startNativeHost(facts);
    const before = await Promise.all(pids.map((pid) => processes.find(pid)));
    expect(before).not.toContain(undefined);
    await fixture.pool.reset(0, 'recycle', { deadlineMs: 60_000 });
    expect(await Promise.all(pids.map((pid) => processes.find(pid)))).toEqual(pids.map(() => undefined));
  });

  // Such a browser overwrites its environment, including the mark in it, with its title.
  it('include a browser with a window, which ends with its slot', async () => {
    const xvnc = await findXvnc();
    if (xvnc === undefined) throw new Error('There is no Xvnc.');
    const display = await startDisplay(xvnc);
    const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', DISPLAY: display.name };
    const headed = await makePoolFixture({
      spec: {
        headless: false,
        env,
        launchCommand: async (words, environment) => ({
          command: binary,
          arguments: ['--class=escarp-slot0', '--ozone-platform=x11', ...words],
          environment,
          handsOver: false,
        }),
      },
    });
    try {
      const { pid } = await headed.pool.launch(0);
      const paths = slotPaths({ home: headed.home, shortTmp: headed.home }, 0, 'autonomous');
      const family = await slotProcesses(processes, paths);
      expect(family.length).toBeGreaterThan(2);
      expect(family.map((member) => member.pid)).toContain(pid);
      await headed.pool.stop(0);
      expect(await slotProcesses(processes, paths)).toEqual([]);
      expect(await processes.find(pid)).toBeUndefined();
    } finally {
      await headed.end();
      await display.end();
    }
  });

  // A stopped process does not notice that its browser has gone, and nothing but its arguments shows whose it was.
  it('include a stopped renderer whose browser was killed', async () => {
    const { pid, profile } = await fixture.pool.launch(0);
    const isRenderer = ({ commandLine }: { commandLine: string }): boolean =>
      commandLine.includes(' --type=renderer ') && commandLine.includes(`--user-data-dir=${profile} `);
    await expect.poll(async () => (await processes.list()).some(isRenderer)).toBe(true);
    const renderers = (await processes.list()).filter(isRenderer);
    for (const renderer of renderers) process.kill(renderer.pid, 'SIGSTOP');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => processes.find(pid)).toBeUndefined();
    await fixture.pool.reset(0, 'recycle', { deadlineMs: 60_000 });
    const left = await Promise.all(renderers.map((renderer) => processes.find(renderer.pid)));
    expect(left).toEqual(renderers.map(() => undefined));
  });

  it('do not include a program that names the profile, or even poses as its browser', async () => {
    const { profile } = await fixture.pool.launch(0);
    const words = [`--user-data-dir=${profile}`, ` --database=${profile}/Crashpad`, join(profile, 'Default')];
    const editor = spawn('sh', ['-c', 'echo ready; read line', 'chromium', ...words], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(editor.stdout, 'data');
    ours.push(editor.pid ?? 0);
    await fixture.pool.reset(0, 'recycle', { deadlineMs: 60_000 });
    await fixture.pool.relaunch(0);
    await fixture.pool.stop(0);
    expect(await processes.find(editor.pid ?? 0)).toMatchObject({ isStopped: false });
  });

  /** The host itself, its child, a daemon of its own, and one that also cleared its environment. */
  async function startNativeHost({ profile, cdpWsUrl }: SlotFacts): Promise<number[]> {
    const pidFile = join(fixture.home, 'pids');
    const host = join(fixture.home, 'host.sh');
    const stay = 'exec sleep 1000';
    await writeFile(
      host,
      `#!/bin/sh
echo $$ >>'${pidFile}'
sh -c 'echo $$ >>"${pidFile}"; ${stay}' &
(setsid sh -c 'echo $$ >>"${pidFile}"; ${stay}' &)
(env -i sh -c 'echo $$ >>"${pidFile}"; ${stay}' &)
echo >'${pidFile}.done'
${stay}
`,
    );
    await chmod(host, 0o700);
    const extension = await writeExtension(join(fixture.home, 'extension'));
    const devtools = await connectDevtools(cdpWsUrl, { own: createOwnSockets(), callMs: 60_000 });
    const { id } = (await devtools.send('Extensions.loadUnpacked', { path: extension })) as { id: string };
    devtools.close();
    const manifest = {
      name: hostName,
      description: 'A test.',
      path: host,
      type: 'stdio',
      allowed_origins: [`chrome-extension://${id}/`],
    };
    await mkdir(join(profile, 'NativeMessagingHosts'), { recursive: true });
    await writeFile(join(profile, 'NativeMessagingHosts', `${hostName}.json`), JSON.stringify(manifest));
    const readPids = async () =>
      (await readFile(pidFile, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
    await expect.poll(async () => (await readPids()).length).toBe(4);
    return readPids();
  }
});

/** It connects to its host as soon as it is installed. */
async function writeExtension(folder: string): Promise<string> {
  await mkdir(folder);
  const manifest = {
    manifest_version: 3,
    name: 'Test',
    version: '1',
    permissions: ['nativeMessaging'],
    background: { service_worker: 'worker.js' },
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(
    join(folder, 'worker.js'),
    `const connect = () => chrome.runtime.connectNative('${hostName}').onDisconnect.addListener(() => {
       void chrome.runtime.lastError;
       setTimeout(connect, 200);
     });
     connect();`,
  );
  return folder;
}
