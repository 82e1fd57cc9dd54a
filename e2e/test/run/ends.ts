import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePorts } from '@escarp/test-support';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import type { Program } from '../../src/program.js';

const stay = 'setInterval(() => {}, 1000);';
const worker = (first: string) => `node -e '${first}${stay} console.log("worker " + process.pid)'`;
const living = (pids: readonly number[]): Promise<boolean[]> => Promise.all(pids.map(isAlive));

export function endsOfRun(pool: () => EscarpHome): void {
  describe('what escarp run started', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;

    beforeAll(() => void (home = pool()));

    /** Workers behind a wrapper: a child, a daemon that left the session, and a child that ignores SIGTERM. */
    async function wrapper(then: string): Promise<string> {
      const path = join(home.project, 'wrapper.sh');
      await writeFile(
        path,
        `${worker('')} &
  (setsid ${worker('')} &)
  ${worker('process.on("SIGTERM", () => {});')} &
  ${then}
  `,
      );
      return path;
    }

    it.each([
      ['a revoke', async () => void (await home.post('/revoke', { slot: 0 })), 5],
      ['SIGTERM', (program: Program) => void program.child.kill('SIGTERM'), 143],
    ] as const)('ends with it at %s, behind whatever wrapper', async (_, end, exitCode) => {
      const program = home.start(['escarp', 'run', '--', 'sh', await wrapper('wait')]);
      const workers = await workersOf(program);
      await end(program);
      expect(await program.ended).toMatchObject({ exitCode });
      expect(await living(workers)).toEqual([false, false, false]);
    });

    it('ends with the command itself, which may end well', async () => {
      const program = home.start(['escarp', 'run', '--', 'sh', await wrapper('read line; exit 0')]);
      const workers = await workersOf(program);
      program.child.stdin.end('go\n');
      expect(await program.ended).toMatchObject({ exitCode: 0 });
      expect(await living(workers)).toEqual([false, false, false]);
    });

    it('ends within a second of the revoke, whenever the next heartbeat is due', async () => {
      const program = home.start([
        'escarp',
        'run',
        '--ttl',
        '600',
        '--',
        'node',
        '-e',
        `${stay} console.log("ready")`,
      ]);
      await program.until(/ready/);
      await home.post('/revoke', { slot: 0 });
      expect(await program.ended).toMatchObject({ exitCode: 5 });
    });

    it('does not end a daemon and its browsers that the command happened to start', async () => {
      const other = [
        `ESCARP_HOME=${join(home.project, 'other')}`,
        `ESCARP_CDP_BASE=${await freePorts(1)}`,
        'ESCARP_POOL_SIZE=1',
      ];
      const elsewhere = ['env', '-u', 'ESCARP_BROKER_URL', ...other, 'escarp'];
      expect(await home.run(['escarp', 'run', '--', ...elsewhere, 'up'])).toMatchObject({ exitCode: 0 });
      expect(await home.run([...elsewhere, 'status', '--json'])).toMatchObject({ exitCode: 0 });
      const leased = await home.run([...elsewhere, 'acquire', '--wait', '60']);
      expect(leased).toMatchObject({ exitCode: 0 });
      await home.run([...elsewhere, 'down', '--force']);
    });

    it('ends when its client closed its input and it goes on all the same, and gives the slot back', async () => {
      const journal = await home.journal();
      const server = `fetch(process.argv[1] + '/json/version').then(() => console.log('used')); process.on('SIGTERM', () => {}); process.stdin.resume(); ${stay}`;
      const program = home.start(['escarp', 'run', '--lazy', '--', 'node', '-e', server, '{cdp_http}']);
      await program.until(/used/);
      program.child.stdin.end();
      expect(await program.ended).toMatchObject({ exitCode: 137 });
      await journal.until({ type: 'lease-ended', how: 'released' });
    });

    it('may answer what it was asked before the end of its input', async () => {
      const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
      const server = `process.stdin.resume(); ${stay} setTimeout(() => console.log(JSON.stringify({ jsonrpc: '2.0', id: 1, result: 'late' })), 7000);`;
      const program = home.start(['escarp', 'run', '--lazy', '--', 'node', '-e', server]);
      program.child.stdin.end(`${call}\n`);
      expect((await program.ended).stdout).toContain('late');
    });

    it('works on without any input where there was none to begin with', async () => {
      const program = home.start([
        'sh',
        '-c',
        `exec escarp run --lazy -- node -e 'setTimeout(() => console.log("done"), 7000)' </dev/null`,
      ]);
      expect(await program.ended).toMatchObject({ exitCode: 0, stdout: 'done\n' });
    });

    it('keeps its slot for as long as a call is not answered, however silent it is', async () => {
      const journal = await home.journal();
      const server = `require('node:readline').createInterface(process.stdin).on('line', (line) => {
        const { id, method } = JSON.parse(line);
        if (method === 'take') fetch(process.argv[1] + '/json/version').then(() => console.log(JSON.stringify({ id, result: 'taken' })));
        if (method === 'work') setTimeout(() => console.log(JSON.stringify({ id, result: 'worked at ' + Date.now() })), 5000);
      });`;
      const program = home.start([
        'escarp',
        'run',
        '--lazy',
        '--idle-release',
        '0.02',
        '--',
        'node',
        '-e',
        server,
        '{cdp_http}',
      ]);
      program.child.stdin.write('{"id":1,"method":"take"}\n{"id":2,"method":"work"}\n');
      await program.until(/taken/);
      const [, workedAt] = await program.until(/worked at (\d+)/);
      const ended = await journal.until({ type: 'lease-ended', how: 'released' });
      expect(Number(ended['at']) * 1_000).toBeGreaterThan(Number(workedAt));
      program.child.stdin.end();
      await program.ended;
    });

    it('hears nothing of a hangup below nohup, nor does what it started', async () => {
      const script = `console.log('ready ' + process.pid); process.stdin.on('data', () => { console.log('still here'); process.exit(0); });`;
      const program = home.start(['nohup', 'escarp', 'run', '--', 'node', '-e', script]);
      const [, pid] = await program.until(/ready (\d+)/);
      program.child.kill('SIGHUP');
      program.child.stdin.write('go\n');
      expect(await program.ended).toMatchObject({ exitCode: 0, stdout: `ready ${pid}\nstill here\n` });
    });

    it('reaches its slot directly when there is a proxy', async () => {
      const proxy = createServer((_, response) => response.writeHead(502).end());
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const at = `http://127.0.0.1:${portOf(proxy.address())}`;
      const script = `console.log(process.env.NO_PROXY + ' ' + process.env.no_proxy)`;
      const env = {
        HTTP_PROXY: at,
        http_proxy: at,
        NODE_USE_ENV_PROXY: '1',
        NO_PROXY: 'intranet',
        no_proxy: undefined,
      };
      const program = home.start(['escarp', 'run', '--', 'node', '-e', script], env);
      program.child.stdin.end();
      const list = 'intranet,127.0.0.1,localhost,::1';
      expect(await program.ended).toMatchObject({ exitCode: 0, stdout: `${list} ${list}\n` });
      proxy.close();
    });
  });
}

async function workersOf(program: Program): Promise<number[]> {
  await program.until(/(worker \d+\s+){3}/);
  return [...program.stdout.matchAll(/worker (\d+)/g)].map(([, pid]) => Number(pid));
}

async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('It does not listen.');
}
