import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand, shellExitCode, startProcess } from '../src/index.js';

const child = fileURLToPath(new URL('shortage-child.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'start-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the child under a shell that sets limits first. */
function underLimits(script: string, ...args: string[]): unknown {
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['--norc', '-c', `${script}; exec "$@"`, 'bash', ...args],
    {
      encoding: 'utf8',
    },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

describe('starting a process', () => {
  it.each([
    ['command_not_found', () => startProcess(join(folder, 'none'), [])],
    ['command_not_found', () => startProcess('true', [], { cwd: join(folder, 'none') })],
    ['command_not_executable', () => startProcess(plainFile(), [])],
    ['spawn_failed', () => startProcess('', [])],
    ['spawn_failed', () => startProcess('a\0b', [])],
  ])('rejects with %s', async (code, start) => {
    await expect(start()).rejects.toMatchObject({ name: 'SpawnError', code });
  });

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'with %i descriptors left says so or works, and never ends the process that asks',
    (spare) => {
      const mark = `ESCARP_TEST_MARK=${folder}`;
      const said = underLimits(`ulimit -n 64; export ${mark}`, process.execPath, child, String(spare), mark);
      expect(said).toMatchObject({
        started: expect.stringMatching(/^(started|SpawnError out_of_descriptors)$/) as unknown,
        ran: expect.toBeOneOf([0, 'out_of_descriptors']) as unknown,
        // The child itself is not of its own family.
        members: 0,
      });
    },
  );

  it.runIf(process.getuid?.() === 0 && process.platform === 'linux')(
    'says that there are as many processes as there may be',
    () => {
      // They last until all were started, however long a busy machine takes for that.
      const script = `import { startProcess } from ${JSON.stringify(built)};
        const started = await Promise.allSettled(Array.from({ length: 40 }, () => startProcess('sleep', ['1000'], { stdio: 'ignore' })));
        for (const { value } of started) value?.kill('SIGKILL');
        console.log(JSON.stringify(started.map(({ reason }) => reason?.code ?? 'ran')));`;
      const ordinary = ['setpriv', '--reuid', '65533', '--regid', '65533', '--clear-groups'];
      const limited = [
        'bash',
        // With a socket for standard input it may take itself for a remote shell, and read what it may not.
        '--norc',
        '-c',
        'ulimit -u 25; exec "$@"',
        'bash',
        process.execPath,
        '--input-type=module',
        '-e',
        script,
      ];
      const { stdout, stderr } = spawnSync(ordinary[0] ?? '', [...ordinary.slice(1), ...limited], {
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(new Set(JSON.parse(stdout) as string[])).toEqual(new Set(['ran', 'out_of_processes']));
    },
  );

  it('hears no error of a pipe whose other end has gone', async () => {
    const { stdin, stdout, kill, exited } = await startProcess('sh', [
      '-c',
      'exec 0<&-; echo deaf; exec sleep 1000',
    ]);
    if (stdin === null || stdout === null) throw new Error('There are no pipes.');
    await once(stdout, 'data');
    stdin.write('x'.repeat(1_000_000));
    await new Promise((resolve) => stdin.once('close', resolve));
    expect(stdin.errored).toMatchObject({ code: 'EPIPE' });
    kill('SIGKILL');
    await exited;
  });

  it('tells how the process ended as a shell would', async () => {
    const [ended, killed] = await Promise.all([
      startProcess('sh', ['-c', 'exit 7']),
      startProcess('sh', ['-c', 'kill -TERM $$']),
    ]);
    expect(shellExitCode(await ended.exited)).toBe(7);
    expect(shellExitCode(await killed.closed)).toBe(143);
  });
});

describe('running a command to its end', () => {
  it('collects what it printed, and gives it its input', async () => {
    const ran = await runCommand('sh', ['-c', 'cat; echo oops >&2; exit 3'], {
      input: 'in',
      timeoutMs: 30_000,
    });
    expect(ran).toEqual({ exitCode: 3, stdout: 'in', stderr: 'oops\n' });
  });

  it('kills it at its deadline, and does not wait for what it has left behind', async () => {
    const ran = await runCommand('sh', ['-c', 'sleep 1000 & echo $!; wait'], { timeoutMs: 3_000 });
    expect(ran).toMatchObject({ exitCode: null, stdout: expect.stringMatching(/^\d+\n$/) });
    process.kill(Number(ran.stdout), 'SIGKILL');
  });

  it('says why it could not be started', async () => {
    const { exitCode, failure } = await runCommand(join(folder, 'none'), [], { timeoutMs: 30_000 });
    expect({ exitCode, code: failure?.code }).toEqual({ exitCode: null, code: 'command_not_found' });
  });
});

const built = new URL('../dist/index.js', import.meta.url).href;

function plainFile(): string {
  const path = join(folder, 'plain');
  writeFileSync(path, 'text');
  chmodSync(path, 0o600);
  return path;
}
