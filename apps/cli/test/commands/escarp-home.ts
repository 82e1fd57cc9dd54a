import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { endPool, freePorts, makeTempHome } from '@escarp/test-support';

/** The built program, as its users start it. */
export const program = fileURLToPath(new URL('../../bin/escarp.js', import.meta.url));

export interface Said {
  /** Null if a signal ended the process. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. Standard output and error come without their last line break. */
export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Said>;
}

export type Json = Record<string, unknown>;

/** A state directory of the test's own, in which commands run as separate processes. */
export interface EscarpHome {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs a command to its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>, cwd?: string): Promise<Said>;
  /** The same with `--json`: returns the one document, which must be everything on standard output. */
  json(args: readonly string[], env?: Readonly<Record<string, string>>, cwd?: string): Promise<Json>;
  /** Starts a command that will be ended by a signal. */
  start(args: readonly string[]): Running;
  /** What the daemon answers by HTTP, where a command is not what is tested: to start one takes a processor for a fifth of a second. */
  status(): Promise<{ slots: Json[] } & Json>;
  /** The same for an operation. Rejects if the daemon refuses it. */
  post(route: string, body: Json): Promise<Json>;
  remove(): Promise<void>;
}

/**
 * For a pool on which it is not tested what the next holder finds: between two leases its browsers are not replaced, which
 * takes a processor for a second.
 */
export const keepsBrowsers = { ESCARP_RESET: 'tabs' };

export async function makeEscarpHome(
  size: number,
  own: Readonly<Record<string, string>> = {},
): Promise<EscarpHome> {
  const { path, remove } = await makeTempHome();
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(ESCARP|VITEST|NO_COLOR|FORCE_COLOR)/.test(name),
  );
  const env = {
    ...Object.fromEntries(inherited),
    HOME: path,
    ESCARP_HOME: join(path, 'e'),
    ESCARP_API_PORT: '0',
    // Whoever runs these tests on a desktop is not to be asked for help.
    ESCARP_NOTIFY: 'off',
    ESCARP_CDP_BASE: String(await freePorts(size)),
    ESCARP_POOL_SIZE: String(size),
    ESCARP_CFT_BINARY: process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium',
    ...own,
  };
  const start = (
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
    cwd: string = path,
  ): Running => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...env, ...more },
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, ended: ended(child) };
  };
  const run = (args: readonly string[], more = {}, cwd = path): Promise<Said> => start(args, more, cwd).ended;
  const ask = async (route: string, request: RequestInit = {}): Promise<string> => {
    const file = await readFile(join(env.ESCARP_HOME, 'daemon.json'), 'utf8');
    const { url } = JSON.parse(file) as { url: string };
    const response = await fetch(`${url}${route}`, request);
    const text = await response.text();
    if (!response.ok) throw new Error(`${route}: ${text}`);
    return text;
  };
  return {
    path: env.ESCARP_HOME,
    env,
    run,
    start: (args) => start(args),
    status: async () => JSON.parse(await ask('/status')) as { slots: Json[] } & Json,
    async post(route, body) {
      const headers = { 'content-type': 'application/json' };
      return JSON.parse(await ask(route, { method: 'POST', headers, body: JSON.stringify(body) })) as Json;
    },
    async json(args, more, cwd) {
      // What follows two dashes belongs to another program.
      const dashes = args.includes('--') ? args.indexOf('--') : args.length;
      const { stdout } = await run([...args.slice(0, dashes), '--json', ...args.slice(dashes)], more, cwd);
      const document: Json = JSON.parse(stdout);
      return document;
    },
    async remove() {
      await endPool(path, () => run(['down', '--force'])).finally(remove);
    },
  };
}

async function ended(child: Running['child']): Promise<Said> {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { exitCode: child.exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}

/** Resolves when the process has printed what is expected; rejects if it ends without doing so. */
export function untilPrinted(
  { child, ended: end }: Running,
  stream: 'stdout' | 'stderr',
  pattern: RegExp,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child[stream].on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve(text);
    });
    void end.then(() => reject(new Error(`It ended without ${String(pattern)}: ${text}`)));
  });
}
