import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../src/escarp-home.js';
import { makeEscarpHome, pageServers } from '../src/escarp-home.js';
import { McpSession, stdioTransport } from '../src/mcp-session.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

describe('setup of real clients', { tags: ['browser'], timeout: 180_000 }, () => {
  let home: EscarpHome;
  let user: string;

  beforeAll(async () => {
    home = await makeEscarpHome(1, {}, pageServers);
    user = join(home.path, '..', 'client-user');
    await mkdir(join(user, 'bin'), { recursive: true });
    // Its package links the program at install time, by a script that no package here may run.
    const require = createRequire(
      createRequire(import.meta.url).resolve('@anthropic-ai/claude-code/package.json'),
    );
    const own = `@anthropic-ai/claude-code-${process.platform}-${process.arch}/package.json`;
    await symlink(join(dirname(require.resolve(own)), 'claude'), join(user, 'bin/claude'));
  }, 120_000);
  afterAll(async () => home.remove(), 120_000);

  const asUser = async (...command: string[]) =>
    home.run(command, {
      HOME: user,
      PATH: `${join(user, 'bin')}:${home.env['PATH']}`,
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
      MCP_TIMEOUT: '120000',
    });

  /** Gemini gives a server five seconds to start where its settings say nothing else, which is short on a busy machine. */
  const withPatience = async (): Promise<void> => {
    const path = join(user, '.gemini/settings.json');
    const settings = JSON.parse(await readFile(path, 'utf8'));
    settings.mcpServers.escarp.timeout = 120_000;
    await writeFile(path, JSON.stringify(settings));
  };

  it.each([
    ['claude-code', ['claude', 'mcp', 'list'], /escarp: .*mcp --browser playwright.*Connected/],
    ['codex', ['codex', 'mcp', 'list'], /escarp .*mcp --browser playwright.*enabled/],
    ['gemini', ['gemini', 'mcp', 'list'], /escarp: .*mcp --browser playwright.*Connected/],
  ] as const)('%s lists the one server, and has what it needs to start it', async (client, list, shown) => {
    await mkdir(join(user, client === 'claude-code' ? '.claude' : `.${client}`), { recursive: true });
    const { exitCode, stdout, stderr } = await asUser('escarp', 'setup', client, '--browser', 'playwright');
    expect({ exitCode, output: exitCode === 0 ? '' : stdout + stderr }).toEqual({ exitCode: 0, output: '' });
    expect(stdout).toMatch(/escarp_acquire and \d+ more of its own, and \d+ page tools/);
    if (client === 'gemini') await withPatience();
    const listed = await asUser(...list);
    expect(listed.stdout + listed.stderr).toMatch(shown);
  });

  it('the plugin is valid, for itself and in its marketplace, and installs', async () => {
    for (const path of ['plugin', '.']) {
      const { exitCode, stdout } = await asUser('claude', 'plugin', 'validate', join(repository, path));
      expect(stdout).toContain('Validation passed');
      expect(exitCode).toBe(0);
    }
    const copy = join(user, 'marketplace');
    await cp(join(repository, 'plugin'), join(copy, 'plugin'), { recursive: true });
    await cp(join(repository, '.claude-plugin'), join(copy, '.claude-plugin'), { recursive: true });
    expect(await asUser('claude', 'plugin', 'marketplace', 'add', copy)).toMatchObject({ exitCode: 0 });
    expect(await asUser('claude', 'plugin', 'install', 'escarp@escarp')).toMatchObject({ exitCode: 0 });
  });
});

const readPlugin = async (path: string) =>
  JSON.parse(await readFile(join(repository, 'plugin', path), 'utf8'));

describe('the layouts of the plugin', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(1);
  });
  afterAll(async () => home.remove(), 120_000);

  // Codex loads both, its own and that of Agent Plugins, and of what it finds wrong there is no server afterwards.
  it.each([
    ['of Codex', ['.codex-plugin', '.mcp.json'], 'mcp --browser playwright --scope worktree'],
    ['of Agent Plugins', ['plugin.json', 'mcp.json'], 'mcp --browser playwright '],
  ])('are loaded by Codex: that %s', async (_, files, args) => {
    const user = await mkdtemp(join(home.path, '..', 'codex-'));
    const copy = join(user, 'marketplace');
    for (const path of [...files, 'skills'])
      await cp(join(repository, 'plugin', path), join(copy, 'plugin', path), { recursive: true });
    await cp(join(repository, '.claude-plugin'), join(copy, '.claude-plugin'), { recursive: true });
    const codex = async (...words: string[]) => {
      const { exitCode, stdout, stderr } = await home.run(['codex', ...words], { HOME: user });
      expect({ exitCode, said: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, said: '' });
      return stdout;
    };
    await codex('plugin', 'marketplace', 'add', copy);
    await codex('plugin', 'add', 'escarp@escarp');
    expect(await codex('mcp', 'list')).toMatch(new RegExp(`^escarp +escarp +${args} .*enabled`, 'm'));
    expect(await codex('plugin', 'list')).toMatch(/escarp@escarp +installed/);
  });

  it('have in plugin.json no more than Agent Plugins 1.0 has fields for, and its skill where that looks', async () => {
    const manifest = await readPlugin('plugin.json');
    const fields = ['$schema', 'name', 'version', 'description', 'author', 'license', 'keywords'];
    expect(Object.keys(manifest)).toEqual(fields);
    const skill = await readFile(join(repository, 'plugin/skills/escarp/SKILL.md'), 'utf8');
    expect(skill).toMatch(/^---\nname: escarp\ndescription: .{1,1024}\n---\n/);
  });

  it('say the same of the plugin', async () => {
    const { name, version, description } = await readPlugin('plugin.json');
    for (const own of ['.claude-plugin/plugin.json', '.codex-plugin/plugin.json'])
      expect(await readPlugin(own)).toMatchObject({ name, version, description });
  });
});

describe('docs/mcp.md', { tags: ['browser'], timeout: 180_000 }, () => {
  let home: EscarpHome;

  beforeAll(async () => {
    home = await makeEscarpHome(1, {}, pageServers);
  }, 120_000);
  afterAll(async () => home.remove(), 120_000);

  it('shows only commands that work', async () => {
    const page = await readFile(join(repository, 'docs/mcp.md'), 'utf8');
    const blocks = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, text = '']) => text);
    const commands = blocks
      .flatMap((text) => text.split('\n'))
      .map((line) => line.replace(/ +#.*/, '').split(' '));
    const ofEscarp = commands.filter(([program]) => program === 'escarp');
    expect(ofEscarp.length).toBeGreaterThan(4);
    const setups = ofEscarp.filter(([, name]) => name === 'setup');
    const tried = await Promise.all(
      setups.map(async (words) => home.run([...words, '--dry-run'], { HOME: home.project })),
    );
    for (const ended of tried) expect(ended).toMatchObject({ exitCode: 0 });
    for (const words of ofEscarp.filter(([, name]) => name !== 'setup'))
      expect(await toolsOf(words)).toContain('browser_navigate');
  });

  const toolsOf = async (words: readonly string[]): Promise<string[]> => {
    const known = words.map((word) => (word === 'my-page-server' ? 'playwright-mcp' : word));
    const session = await McpSession.connect(stdioTransport(home, known));
    const { tools } = await session.client.listTools();
    await session.close();
    return tools.map(({ name }) => name);
  };
});

describe('the descriptions of the server', () => {
  it('name the package as the MCP registry wants it', async () => {
    const server = JSON.parse(await readFile(join(repository, 'server.json'), 'utf8'));
    const manifest = JSON.parse(await readFile(join(repository, 'apps/cli/package.json'), 'utf8'));
    expect(manifest.mcpName).toBe(server.name);
    expect(server.packages).toMatchObject([{ identifier: manifest.name, transport: { type: 'stdio' } }]);
  });
});
