import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../src/escarp-home.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('escarp installed from its packages', { tags: ['browser'], timeout: 300_000 }, () => {
  let home: EscarpHome;
  let bin: string;

  beforeAll(async () => {
    home = await makeEscarpHome(1, keepsBrowsers);
    const packages = join(home.path, '..', 'packages');
    const prefix = join(home.path, '..', 'prefix');
    await run(process.execPath, [join(root, 'scripts/pack.mjs'), packages]);
    const files = (await readdir(packages)).map((name) => join(packages, name));
    await run('npm', ['install', '--global', '--no-audit', '--no-fund', '--prefix', prefix, ...files]);
    bin = join(prefix, 'bin');
    await run(join(bin, 'escarp'), ['up'], { env: home.env, cwd: home.project });
  }, 300_000);
  afterAll(() => home.remove());

  const escarp = (...args: string[]) => home.run([join(bin, 'escarp'), ...args]);

  it('keeps a pool and leases from it, in a folder that knows nothing of the checkout', async () => {
    const script = join(home.project, 'script.mjs');
    await writeFile(
      script,
      'console.log((await (await fetch(process.argv[2] + "/json/version")).json()).Browser);',
    );
    const driven = await escarp('run', '--', process.execPath, script, '{cdp_http}');
    expect(driven.stdout).toMatch(/Chrom/);
  });

  it('is registered by a command that works from any folder and finds the same state directory', async () => {
    const user = join(home.path, '..', 'user');
    await mkdir(join(user, '.cursor'), { recursive: true });
    const { exitCode } = await home.run([join(bin, 'escarp'), 'setup', 'cursor'], { HOME: user });
    expect(exitCode).toBe(0);
    const settings: {
      mcpServers: { escarp: { command: string; args: string[]; env: Record<string, string> } };
    } = JSON.parse(await readFile(join(user, '.cursor/mcp.json'), 'utf8'));
    const { command, args, env } = settings.mcpServers.escarp;
    expect(args).toEqual([
      expect.stringMatching(/\/prefix\/lib\/node_modules\/escarp\/bin\/escarp\.js$/),
      'mcp',
    ]);
    expect(env).toEqual({ ESCARP_HOME: home.path });
    // A client started from a desktop: neither the folder nor the environment of the shell that ran setup.
    const { ESCARP_HOME: _, ...desktop } = home.env;
    const { stdout } = await run(command, [args[0] ?? '', 'status', '--json'], {
      cwd: '/',
      env: { ...desktop, ...env },
    });
    expect(JSON.parse(stdout)).toMatchObject({ pool_size: 1 });
  });
});
