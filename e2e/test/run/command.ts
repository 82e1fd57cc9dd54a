import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../../src/escarp-home.js';

/** Of one test. Short, because the test waits for it to pass, but not so that a holder that cannot run for a moment loses its lease. */
const ttlS = 6;

export function runOfCommand(pool: () => EscarpHome): void {
  describe('escarp run', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    let scripts: string;

    beforeAll(async () => {
      scripts = await mkdtemp(join(tmpdir(), 'esc-'));
      home = pool();
    });
    afterAll(async () => {
      await rm(scripts, { recursive: true });
    });

    const script = async (name: string, text: string): Promise<string> => {
      const path = join(scripts, `${name}.mjs`);
      await writeFile(path, text);
      return path;
    };
    const run = async (...command: string[]) => home.escarp('run', '--wait', '60', '--', ...command);
    const start = (...command: string[]) => home.start(['escarp', 'run', '--wait', '60', '--', ...command]);

    it('tells the command in its environment and arguments where its slot is', async () => {
      const program = await script(
        'facts',
        `const names = Object.keys(process.env).filter((name) => name.startsWith('ESCARP_'));
         const { webSocketDebuggerUrl } = await (await fetch(process.env.ESCARP_CDP_HTTP_URL + '/json/version')).json();
         console.log(JSON.stringify({ args: process.argv.slice(2), webSocketDebuggerUrl,
           ...Object.fromEntries(names.map((name) => [name, process.env[name]])) }));`,
      );
      const words = ['{cdp_ws}', '--at={cdp_http}', '{slot}', 'p{port}', '{other}'];
      const { exitCode, stdout } = await run('node', program, ...words);
      expect(exitCode).toBe(0);
      const seen: Json = JSON.parse(stdout);
      const {
        ESCARP_SLOT: slot,
        ESCARP_CDP_PORT: port,
        ESCARP_CDP_WS_URL: ws,
        ESCARP_CDP_HTTP_URL: http,
      } = seen;
      expect(seen['args']).toEqual([ws, `--at=${String(http)}`, slot, `p${String(port)}`, '{other}']);
      expect(Number(port)).toBe(Number(home.env['ESCARP_CDP_BASE']) + Number(slot));
      expect(seen).toMatchObject({
        webSocketDebuggerUrl: ws,
        ESCARP_BROKER_URL: await home.url(),
        ESCARP_LEASE_TOKEN: expect.stringMatching(/^[\w-]{43}$/),
        ESCARP_FRONTEND_PORT: String(3000 + 10 * Number(slot)),
        ESCARP_BACKEND_PORT: String(8000 + 10 * Number(slot)),
        ESCARP_POSTGRES_PORT: String(5432 + 10 * Number(slot)),
      });
    });

    it('ends as the command ends, and gives the slot back', async () => {
      const journal = await home.journal();
      expect(await run('node', '-e', 'process.exit(7)')).toMatchObject({ exitCode: 7 });
      await journal.until({ type: 'lease-ended', how: 'released' });
      expect(await home.leased()).toEqual([]);
    });

    it('passes standard input and output through untouched', async () => {
      const program = start('node', '-e', 'process.stdin.pipe(process.stdout)');
      program.child.stdin.end('a line\nand another');
      expect(await program.ended).toMatchObject({ exitCode: 0, stdout: 'a line\nand another' });
    });

    it('keeps the lease for longer than it lasts while the command runs', async () => {
      const journal = await home.journal();
      const command = ['node', '-e', 'console.log("runs"); process.stdin.resume()'];
      const program = home.start(['escarp', 'run', '--wait', '60', '--ttl', String(ttlS), '--', ...command]);
      await program.until(/runs/);
      const [slot = -1] = await home.leased();
      await expect
        .poll(async () => (await home.status()).slots[slot], { timeout: 60_000, interval: 500 })
        .toSatisfy(
          ({ last_heartbeat: renewed, acquired_at: acquired }) => Number(renewed) > Number(acquired) + ttlS,
        );
      expect(await home.leased()).toEqual([slot]);
      program.child.stdin.end();
      expect(await program.ended).toMatchObject({ exitCode: 0 });
      await journal.until({ type: 'lease-ended', how: 'released' });
    });

    it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
      'passes %s on, and lets the command end by it',
      async (signal) => {
        const journal = await home.journal();
        const handler = await script(
          signal,
          `process.on('${signal}', () => { console.log('got ${signal}'); process.exit(3); });
         console.log('ready'); setInterval(() => {}, 1000);`,
        );
        const program = start('node', handler);
        await program.until(/ready/);
        program.child.kill(signal);
        expect(await program.ended).toMatchObject({ exitCode: 3, stdout: `ready\ngot ${signal}\n` });
        await journal.until({ type: 'lease-ended', how: 'released' });
      },
    );

    it.runIf(process.platform === 'linux')(
      'lets a terminal interrupt the command once, not twice',
      async () => {
        const counter = await script(
          'counter',
          `let interrupts = 0;
           process.on('SIGINT', () => console.error('interrupted ' + ++interrupts));
           // Signals are seen last in a turn of the loop, so the answer waits for the end of the next.
           process.stdin.on('data', () => setImmediate(() => setImmediate(() => {
             console.error('in all ' + interrupts);
             process.exit(0);
           })));
           console.error('run by ' + process.ppid + ' at ' + process.argv[2] + '.');`,
        );
        const command = `escarp run --lazy -- node ${counter} {cdp_http}; exit $?`;
        const terminal = home.start(['script', '-qec', command, '/dev/null']);
        const [, wrapper, address] = await terminal.until(/run by (\d+) at (http:\S+)\./);
        // The wrapper sees its interrupt only when the command has had its own; two at once would count as one.
        process.kill(Number(wrapper), 'SIGSTOP');
        terminal.child.stdin.write('\u0003');
        await terminal.until(/interrupted 1/);
        process.kill(Number(wrapper), 'SIGCONT');
        // When it has answered twice, it has been through the turn of its loop in which it saw the signal.
        for (const path of ['/once', '/twice']) await fetch(address + path);
        terminal.child.stdin.write('count\n');
        await terminal.until(/in all 1/);
        await terminal.ended;
        expect(terminal.stdout).not.toMatch(/interrupted 2/);
      },
    );

    it.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)('exits as a shell would when %s ends the command', async (signal, exitCode) => {
      const program = start('node', '-e', 'console.log("ready"); setInterval(() => {}, 1000)');
      await program.until(/ready/);
      program.child.kill(signal);
      expect(await program.ended).toMatchObject({ exitCode });
    });

    it('ends the command when its lease is lost, and says so', async () => {
      const program = start('node', '-e', 'console.log("ready"); setInterval(() => {}, 1000)');
      await program.until(/ready/);
      const [slot] = await home.leased();
      await home.post('/revoke', { slot });
      const { exitCode, stderr } = await program.ended;
      expect(exitCode).toBe(5);
      expect(stderr).toMatch(/the lease was lost; ending the command/);
      expect(stderr).toMatch(/revoked/);
    });

    it('refuses a full pool without waiting, and starts nothing', async () => {
      const held = start('node', '-e', 'console.log("ready"); process.stdin.resume()');
      await held.until(/ready/);
      const { exitCode, stdout, stderr } = await home.escarp('run', '--', 'node', '-p', '"started"');
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
      expect(stderr).toMatch(/leased/);
      held.child.stdin.end();
      await held.ended;
    });

    it('gives the slot back when the command cannot be started', async () => {
      const journal = await home.journal();
      const { exitCode, stderr } = await run('no-such-program');
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/no-such-program could not be started/);
      await journal.until({ type: 'lease-ended', how: 'released' });
    });

    it('says what is missing when there is no command, or a placeholder that is not known yet', async () => {
      expect(await home.escarp('run')).toMatchObject({ exitCode: 2 });
      expect(await home.escarp('run', '--lazy', '--', 'echo', '{slot}')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('{slot}'),
      });
    });

    it('hands on everything a lazy command says, whatever standard input is', async () => {
      const program = await script(
        'talk',
        `process.stdout.write('x'.repeat(1_000_000)); process.exitCode = 9;`,
      );
      const shell = `escarp run --lazy -- node ${program} </dev/null | wc -c; exit "\${PIPESTATUS[0]}"`;
      expect(await home.run(['bash', '--norc', '-c', shell])).toMatchObject({
        exitCode: 9,
        stdout: '1000000\n',
        stderr: '',
      });
    });
  });
}
