import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { DevtoolsConnection } from '@escarp/slot-pool';
import { connectDevtools, createOwnSockets } from '@escarp/slot-pool';
import type { EscarpPool } from './escarp-pool.js';

const run = promisify(execFile);

export interface BareBrowser {
  readonly pid: number;
  readonly wsUrl: string;
  kill(): Promise<void>;
}

/** The arguments that the pool's slots are launched with, for launching the same browser without escarp. */
export async function slotArguments({ client }: EscarpPool): Promise<string[]> {
  const { pid, leaseToken } = await client.acquire({ holder: 'bench' });
  const words = await argumentsOf(pid ?? 0);
  await client.release({ leaseToken });
  return words;
}

/** The arguments that a process was started with, but for those that name its profile and port. */
export async function argumentsOf(pid: number): Promise<string[]> {
  const words =
    process.platform === 'linux'
      ? (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')
      : (await run('ps', ['-ww', '-o', 'args=', '-p', String(pid)])).stdout.split(' ');
  return words.filter(
    (word) => word.startsWith('--') && !/^--(user-data-dir|remote-debugging-port)=/.test(word),
  );
}

/** Launches a browser in a folder of its own and resolves when its DevTools answer, which they do after they listen. */
export async function launchBare(
  browser: string,
  args: readonly string[],
  folder: string,
): Promise<BareBrowser> {
  await mkdir(join(folder, 'tmp'), { recursive: true });
  const child = spawn(
    browser,
    [...args, '--remote-debugging-port=0', `--user-data-dir=${join(folder, 'profile')}`, 'about:blank'],
    {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TMPDIR: join(folder, 'tmp') },
    },
  );
  const exited = once(child, 'exit');
  const wsUrl = await listening(child.stderr);
  // Nobody reads the rest, and a full pipe would stop the browser.
  child.stderr.resume();
  await fetch(wsUrl.replace(/^ws:(.*)\/devtools\/.*$/, 'http:$1/json/version'));
  const pid = child.pid ?? 0;
  return {
    pid,
    wsUrl,
    kill: async () => {
      process.kill(-pid, 'SIGKILL');
      await exited;
    },
  };
}

/** Kills it, wipes its folder and launches it anew: what a pool without leases would do between two tasks. */
export async function relaunchBare(
  running: BareBrowser,
  browser: string,
  args: readonly string[],
  folder: string,
): Promise<BareBrowser> {
  await running.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 10 });
  return launchBare(browser, args, folder);
}

/** Resolves when the page that the browser has opened evaluates, which takes a process of its own. */
export async function untilPageEvaluates({ wsUrl }: BareBrowser): Promise<void> {
  const { send, close } = await connectDevtools(wsUrl, { own: createOwnSockets(), callMs: 60_000 });
  try {
    const [targetId] = await firstPages(send);
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
    await send('Runtime.evaluate', { expression: '1' }, String(sessionId));
  } finally {
    close();
  }
}

async function firstPages(send: DevtoolsConnection['send']): Promise<unknown[]> {
  const { targetInfos } = await send('Target.getTargets', { filter: [{ type: 'page' }] });
  return Array.isArray(targetInfos) ? targetInfos.map(({ targetId }) => targetId) : [];
}

async function listening(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: output });
    lines.on('line', (line) => {
      const url = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    lines.once('close', () => reject(new Error('The browser ended before its DevTools listened.')));
  });
}
