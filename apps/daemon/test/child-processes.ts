import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Client } from '@escarp/transport';
import type { TestHome } from './start-test-daemon.js';
import { chromium, clientOf } from './start-test-daemon.js';

/** A real process of ours. */
export interface Child<First> {
  readonly pid: number;
  /** Its first line of output; rejects if it ends before that. */
  readonly said: Promise<First>;
  isRunning(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Ends it with this signal and waits until it is gone. */
  end(name?: NodeJS.Signals): Promise<void>;
}

interface Serving {
  readonly url: string;
  readonly servingMs: number;
}

export interface DaemonChild extends Child<Serving> {
  readonly first: Serving;
  readonly client: Client;
}

export async function startDaemonChild(
  home: TestHome,
  env: Record<string, string> = {},
): Promise<DaemonChild> {
  const startedAt = performance.now();
  const child = start(
    [fileURLToPath(new URL('../bin/escarp-daemon.js', import.meta.url))],
    {
      ESCARP_API_PORT: '0',
      ESCARP_HOME: home.path,
      ESCARP_CFT_BINARY: chromium,
      ESCARP_LEASE_TTL_S: String(home.settings.leaseTtlS),
      ...env,
    },
    (line): Serving => ({
      url: /^daemon: (\S+) \(pid \d+\)$/.exec(line)?.[1] ?? line,
      servingMs: Math.round(performance.now() - startedAt),
    }),
  );
  const first = await child.said;
  return { ...child, first, client: clientOf(first.url) };
}

export interface HeldSlot {
  readonly slot: number;
  readonly pid: number;
  readonly lease_token: string;
  readonly cdp_ws_url: string;
}

export function startHolderChild(url: string, holder: string): Child<HeldSlot> {
  const script = fileURLToPath(new URL('holder-child.mjs', import.meta.url));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own script says what it prints.
  return start([script, url, holder], {}, (line) => JSON.parse(line) as HeldSlot);
}

function start<First>(
  command: string[],
  env: Record<string, string>,
  read: (line: string) => First,
): Child<First> {
  const child = spawn(process.execPath, command, {
    // This process holds the other ends: they close when it ends, however it ends, and the child ends with them.
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ESCARP_LOG_LEVEL: 'error', ...env },
  });
  const said = firstLine(child).then(read);
  said.catch(() => {});
  return { pid: child.pid ?? 0, said, ...control(child) };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The process has no output.');
  const lines = createInterface(child.stdout);
  const ended = once(child, 'exit').then(() => {
    throw new Error('The process ended before it said a word.');
  });
  ended.catch(() => {});
  const [line] = await Promise.race([once(lines, 'line'), ended]);
  return String(line);
}

function control(child: ChildProcess) {
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    isRunning,
    signal: (name: NodeJS.Signals) => void child.kill(name),
    end: async (name: NodeJS.Signals = 'SIGKILL') => {
      if (!isRunning()) return;
      const gone = once(child, 'exit');
      // A stopped process acts on no other signal.
      if (name !== 'SIGKILL') child.kill('SIGCONT');
      child.kill(name);
      await gone;
    },
  };
}
