import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome, pageServers } from '../src/escarp-home.js';
import { McpSession, stdioTransport } from '../src/mcp-session.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const hook = join(repository, 'plugin/hooks/leases.mjs');
/** How often two sessions are resumed at once. */
const rounds = process.env['ESCARP_LONG'] === '1' ? 3 : 1;

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

describe('the hooks of the plugin', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: EscarpHome;

  beforeAll(async () => {
    home = await makeEscarpHome(2, keepsBrowsers);
    await home.up();
  }, 120_000);
  afterAll(async () => home.remove(), 120_000);

  /** As this process is the client of the sessions it starts, so are hooks that it starts its own. */
  const fire = async (event: object, env = {}): Promise<{ exitCode: number | null; output: string }> => {
    const child = spawn(process.execPath, [hook], { env: { ...home.env, ...env }, stdio: 'pipe' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
    child.stdin.end(JSON.stringify(event));
    return await new Promise((resolve) => child.once('close', (exitCode) => resolve({ exitCode, output })));
  };
  const silent = { exitCode: 0, output: '' };

  const connect = async () =>
    McpSession.connect(stdioTransport(home, ['escarp', 'mcp', '--scope', 'worktree']));
  const remembered = async (count: number) =>
    expect
      .poll(async () => {
        const text = await readFile(join(home.path, 'leases.json'), 'utf8').catch(() => '[]');
        const leases: unknown[] = JSON.parse(text);
        return leases.length;
      })
      .toBe(count);

  const slotsOfLivingSessions = async () => {
    const text = await readFile(join(home.path, 'leases.json'), 'utf8');
    const leases: { slot: number; sessionPid?: number }[] = JSON.parse(text);
    return leases.filter(({ sessionPid }) => isRunning(sessionPid)).map(({ slot }) => slot);
  };

  it('give back the leases of a subagent that stops, and at the end of the session the others', async () => {
    const session = await connect();
    const one = await session.call('escarp_acquire', { wait_s: 60, agent: 'agent-1' });
    const two = await session.call('escarp_acquire', { wait_s: 60, agent: 'agent-2' });
    await remembered(2);
    const journal = await home.journal();
    expect(await fire({ hook_event_name: 'SubagentStop', agent_id: 'agent-1' })).toEqual(silent);
    await journal.until({ type: 'lease-ended', how: 'released' });
    expect(await home.leased()).toEqual([two.structured['slot']]);
    const { structured } = await session.call('escarp_status', { lease: one.structured['lease'] });
    expect(structured).toMatchObject({ error: 'lease_ended' });
    expect(await fire({ hook_event_name: 'SessionEnd' })).toEqual(silent);
    await expect.poll(async () => home.leased()).toEqual([]);
    await session.close();
    await home.settled();
  });

  it('tell a subagent the id by which its leases are found', async () => {
    const { exitCode, output } = await fire({ hook_event_name: 'SubagentStart', agent_id: 'agent-1' });
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      hookSpecificOutput: { additionalContext: expect.stringContaining('agent "agent-1"') },
    });
  });

  it('give back what a worktree held that is removed', async () => {
    const session = await connect();
    await session.call('escarp_acquire', { wait_s: 60 });
    await expect.poll(async () => readFile(join(home.path, 'leases.json'), 'utf8')).toContain('"sessionPid"');
    expect(await fire({ hook_event_name: 'WorktreeRemove', worktree_path: '/elsewhere' })).toEqual(silent);
    expect(await home.leased()).toHaveLength(1);
    expect(await fire({ hook_event_name: 'WorktreeRemove', worktree_path: home.project })).toEqual(silent);
    await expect.poll(async () => home.leased()).toEqual([]);
    await session.close();
  });

  it('say nothing and fail nobody where no daemon runs, or nothing that they understand is said', async () => {
    const nowhere = { ESCARP_HOME: join(home.path, 'nowhere'), ESCARP_BROKER_URL: 'http://127.0.0.1:9' };
    for (const event of [{ hook_event_name: 'SessionEnd' }, { hook_event_name: 'Other' }, {}])
      expect(await fire(event, nowhere)).toEqual(silent);
  });

  it('wait for no daemon that does not answer', async () => {
    const silentServer = createServer().listen(0, '127.0.0.1');
    await once(silentServer, 'listening');
    const address = silentServer.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const connected = once(silentServer, 'connection');
    const leases = join(home.path, 'told-leases.json');
    await writeFile(
      leases,
      JSON.stringify([
        { leaseToken: 'secret', slot: 0, worktree: '/gone', origin: `http://127.0.0.1:${port}/` },
      ]),
    );
    const event = { hook_event_name: 'WorktreeRemove', worktree_path: '/gone' };
    const env = { ESCARP_LEASES_FILE: leases, ESCARP_BROKER_URL: `http://127.0.0.1:${port}` };
    expect(await fire(event, env)).toEqual(silent);
    await connected;
    silentServer.close();
  });

  it('continue the lease of a session that ended without giving it back, and no lease of one that lives', async () => {
    await home.settled();
    const first = await connect();
    const { structured: held } = await first.call('escarp_acquire', { wait_s: 60 });
    await expect.poll(async () => readFile(join(home.path, 'leases.json'), 'utf8')).toContain(`"fence":`);
    const beside = await connect();
    const { structured: own } = await beside.call('escarp_acquire', { wait_s: 60 });
    expect(own['slot']).not.toBe(held['slot']);
    await first.close();
    const resumed = await connect();
    const { structured: again } = await resumed.call('escarp_acquire', { wait_s: 60 });
    expect(again).toMatchObject({ slot: held['slot'], lease: held['lease'] });
    expect(again['notice']).toMatch(/earlier session/);
    for (const session of [beside, resumed]) {
      await session.call('escarp_release');
      await session.close();
    }
  });

  it('continue it in one of the sessions that are resumed at once, and not in two', async () => {
    for (let round = 0; round < rounds; round++) {
      await home.settled();
      const first = await connect();
      const { structured: held } = await first.call('escarp_acquire', { wait_s: 60 });
      await expect.poll(slotsOfLivingSessions).toEqual([held['slot']]);
      await first.close();
      const resumed = await Promise.all([connect(), connect()]);
      const answers = await Promise.all(
        resumed.map(async (session) => session.call('escarp_acquire', { wait_s: 60 })),
      );
      const leases = answers.map(({ structured }) => structured['lease']);
      expect(new Set(leases).size).toBe(2);
      expect(leases).toContain(held['lease']);
      for (const session of resumed) {
        await session.call('escarp_release');
        await session.close();
      }
    }
  });
});

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the descriptions of the server', () => {
  it('name the package as the MCP registry wants it', async () => {
    const server = JSON.parse(await readFile(join(repository, 'server.json'), 'utf8'));
    const manifest = JSON.parse(await readFile(join(repository, 'apps/cli/package.json'), 'utf8'));
    expect(manifest.mcpName).toBe(server.name);
    expect(server.packages).toMatchObject([{ identifier: manifest.name, transport: { type: 'stdio' } }]);
  });
});
