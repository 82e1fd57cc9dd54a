import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { clients } from '../../../src/setup/client-table.js';
import { smokeTest } from '../../../src/setup/smoke-test.js';
import type { EscarpHome } from '../escarp-home.js';
import { program } from '../escarp-home.js';

const exec = promisify(execFile);
const readme = await readFile(fileURLToPath(new URL('../../../../../README.md', import.meta.url)), 'utf8');

/** The lines of every shell block, without their comments. */
const lines = [...readme.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = '']) =>
  block.split('\n').flatMap((line) => line.replace(/ +#.*$/, '').trim() || []),
);
const starting = (start: string) => lines.filter((line) => line.startsWith(start));

export function readmeCommands(pool: () => EscarpHome): void {
  describe('the README', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    beforeAll(() => void (home = pool()));

    it('has the three ways in, and no command that is not tried here or in the tests of the workspace', () => {
      const started = ['npm start', 'npm test', 'npm run pack', 'npm install --global .cache/packages/'];
      const known = [...started, 'npx escarp setup ', 'npx escarp run ', 'curl '];
      expect(lines.filter((line) => !known.some((start) => line.startsWith(start)))).toEqual([]);
      expect(starting('curl ')).toHaveLength(3);
    });

    it('registers with an agent a command that answers over standard input and output', async () => {
      const [line = ''] = starting('npx escarp setup ');
      const user = join(home.path, '..', 'reader');
      await mkdir(user);
      await writeFile(join(user, '.claude.json'), '{}');
      const words = line.split(' ').slice(2);
      expect(Object.keys(clients)).toContain(words[1]);
      const { steps } = await home.json([...words, '--dry-run'], { HOME: user, PATH: user });
      const [step] = steps as { after: string }[];
      const { mcpServers } = JSON.parse(step?.after ?? '{}') as {
        mcpServers: { escarp: { command: string; args: string[]; env: Record<string, string> } };
      };
      expect(await readFile(join(user, '.claude.json'), 'utf8')).toBe('{}');
      const { tools } = await smokeTest(
        { name: 'escarp', ...mcpServers.escarp },
        { env: home.env, version: '2.0.0', timeoutMs: 90_000 },
      );
      for (const tool of tools) expect(readme).toContain(`\`${tool}\``);
      expect(tools).toHaveLength(4);
    });

    it('runs a command on a slot of its own', async () => {
      const line = starting('npx escarp run -- ')[0] ?? '';
      const script = join(home.path, '..', 'script.js');
      await writeFile(
        script,
        'console.log(process.argv[2], process.env.ESCARP_CDP_WS_URL, process.env.ESCARP_SLOT)',
      );
      const words = line
        .split(' ')
        .slice(2)
        .map((word) => (word === 'script.js' ? script : word));
      const { stdout, exitCode } = await home.run(words);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^(ws:\/\/127\.0\.0\.1:\d+\S+) \1 0$/);
      for (const name of ['ESCARP_CDP_WS_URL', 'ESCARP_SLOT']) expect(readme).toContain(name);
    });

    it('gives another server an address that leases at its first use', async () => {
      for (const line of starting('npx escarp run --lazy ')) {
        const [option = ''] = /\S*[= ]\{cdp_http\}$/.exec(line) ?? [];
        const argument = option.trim().split(' ').at(-1) ?? '';
        const child = spawn(
          process.execPath,
          [program, 'run', '--lazy', '--', 'sh', '-c', 'echo "$1"; cat >&2', 'sh', argument],
          {
            env: home.env,
          },
        );
        const [chunk]: Buffer[] = await once(child.stdout, 'data');
        const [url = ''] = /http:\S+/.exec(String(chunk)) ?? [];
        expect(await home.status()).toMatchObject({ slots: [{ holder: null }] });
        const version: unknown = await (await fetch(`${url}/json/version`)).json();
        expect(version).toMatchObject({ webSocketDebuggerUrl: expect.stringMatching(/^ws:/) });
        expect(await home.status()).toMatchObject({ slots: [{ state: 'leased' }] });
        child.stdin.end();
        await once(child, 'exit');
        await home.json(['release', '--all']);
      }
    });

    it('leases over plain HTTP, line by line', async () => {
      const { url } = JSON.parse(await readFile(join(home.path, 'daemon.json'), 'utf8')) as { url: string };
      let token = '…';
      const answers: Record<string, unknown>[] = [];
      for (const line of starting('curl ')) {
        const command = line
          .replace('http://localhost:7878', url)
          .replace('localhost:7878', url)
          .replace('…', token);
        const { stdout } = await exec('sh', ['-c', command]);
        const answer: Record<string, unknown> = JSON.parse(stdout);
        answers.push(answer);
        if (typeof answer['lease_token'] === 'string') token = answer['lease_token'];
      }
      expect(answers).toMatchObject([
        { holder: 'me', cdp_ws_url: expect.stringMatching(/^ws:/), lease_token: token },
        { holder: 'me', lease_token: token },
        { state: 'free', holder: null },
      ]);
    });
  });
}
