import type { ChildProcess, StdioOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from './escarp-home.js';
import { program } from './escarp-home.js';
import { holdLockElsewhere } from './hold-lock-elsewhere.js';
import { LeaseStandIn } from './lease-stand-in.js';

/** A command of the built program. `done` resolves with its document. */
interface Command {
  readonly child: ChildProcess;
  readonly done: Promise<Json>;
}

describe('what commands remember about their leases', { timeout: 120_000 }, () => {
  let home: string;
  let remove: () => Promise<void>;
  let broker: LeaseStandIn;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    ({ path: home, remove } = await makeTempHome());
    broker = await LeaseStandIn.start();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    broker.close();
    await remove();
  });

  const path = (name: string): string => join(home, name);
  const remembered = async (): Promise<string[]> => {
    const leases = JSON.parse(await readFile(path('leases.json'), 'utf8')) as { leaseToken: string }[];
    return leases.map(({ leaseToken }) => leaseToken).toSorted();
  };
  /** Each in a folder of its own, like agents in different working trees. */
  const escarp = async (folder: string, ...args: string[]): Promise<Command> => startIn(folder, args, 'pipe');
  const startIn = async (
    folder: string,
    args: readonly string[],
    stdout: 'pipe' | number,
  ): Promise<Command> => {
    const cwd = path(folder);
    await mkdir(cwd, { recursive: true });
    const env = { PATH: process.env['PATH'], HOME: cwd, ESCARP_HOME: home, ESCARP_BROKER_URL: broker.url };
    const stdio: StdioOptions = ['ignore', stdout, 'pipe'];
    const child = spawn(process.execPath, [program, ...args, '--json'], { env, cwd, stdio });
    children.push(child);
    return { child, done: documentOf(child) };
  };
  const folders = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${name}-${at}`);
  const startAll = (names: readonly string[], ...args: string[]): Promise<Command[]> =>
    Promise.all(names.map((name) => escarp(name, ...args)));
  const tokensOf = async (commands: readonly Command[]): Promise<string[]> => {
    const documents = await Promise.all(commands.map(({ done }) => done));
    return documents.map((document) => String(document['lease_token'])).toSorted();
  };

  it('contains every lease of commands that acquire at once', async () => {
    broker.answerTogether('/acquire', 8);
    const tokens = await tokensOf(await startAll(folders('new', 8), 'acquire'));
    expect(new Set(tokens).size).toBe(8);
    expect(await remembered()).toEqual(tokens);
  });

  it('loses none to commands that release at the same time, and keeps none of theirs', async () => {
    const former = folders('former', 4);
    await tokensOf(await startAll(former, 'acquire'));
    broker.answerTogether('', 8);
    const releasing = await startAll(former, 'release', '--mine');
    const acquiring = await startAll(folders('new', 4), 'acquire');
    const released = await Promise.all(releasing.map(({ done }) => done));
    expect(released.map((document) => document['released'])).toMatchObject(former.map(() => [{}]));
    const tokens = await tokensOf(acquiring);
    expect(await remembered()).toEqual(tokens);
  });

  it('is changed by the others if one is killed in the middle of it, and keeps nothing of its draft', async () => {
    const holder = await holdLock(path('leases.json.lock'));
    await writeFile(path('leases.json.new.tmp'), '[{"leaseTok', { mode: 0o600 });
    const waiting = await startAll(folders('new', 3), 'acquire');
    const killed = await escarp('killed', 'acquire');
    await broker.answered(4);
    killed.child.kill('SIGKILL');
    await once(killed.child, 'close');
    await expect(remembered()).rejects.toThrow('ENOENT');
    holder.kill('SIGKILL');
    const tokens = await tokensOf(waiting);
    expect(await remembered()).toEqual(tokens);
    const files = (await readdir(home)).filter((name) => name.startsWith('leases.json'));
    expect(files.toSorted()).toEqual(['leases.json', 'leases.json.lock']);
  });

  it('makes no command wait for one that was stopped in the middle of it, whose process is named', async () => {
    const holder = await holdLock(path('leases.json.lock'));
    holder.kill('SIGSTOP');
    const { child, done } = await escarp('new', 'acquire');
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    expect(await done).toMatchObject({ lease_token: 'token-0' });
    expect(child.exitCode).toBe(0);
    expect(errors).toContain(process.platform === 'linux' ? `Process ${holder.pid} is stopped` : 'locked');
    holder.kill('SIGCONT');
    holder.kill('SIGKILL');
    await tokensOf([await escarp('next', 'acquire')]);
    expect(await remembered()).toEqual(['token-1']);
  });

  it.runIf(process.platform === 'linux')(
    'contains no lease whose token could not be printed, because it is given back',
    async () => {
      const full = await open('/dev/full', 'w');
      const { child } = await startIn('new', ['acquire'], full.fd);
      let errors = '';
      child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      await once(child, 'close');
      await full.close();
      expect(child.exitCode).toBe(1);
      expect(errors).toContain('Standard output cannot be written: the disk is full.');
      expect(broker.tokens).toEqual(['token-0']);
      expect(await remembered()).toEqual([]);
    },
  );

  const holdLock = async (lock: string): Promise<ChildProcess> => {
    const child = await holdLockElsewhere(lock);
    children.push(child);
    return child;
  };
});

async function documentOf(child: ChildProcess): Promise<Json> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text === '' ? {} : (JSON.parse(text) as Json);
}
