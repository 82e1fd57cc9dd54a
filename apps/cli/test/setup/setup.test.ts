import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applySetup } from '../../src/setup/apply-setup.js';
import type { ClientId } from '../../src/setup/client-table.js';
import { describePlan } from '../../src/setup/describe-plan.js';
import { parseJsonSettings } from '../../src/setup/json-settings.js';
import { planSetup, type SetupRequest } from '../../src/setup/plan-setup.js';
import { SetupHome } from './setup-home.js';

const launcher = { command: '/opt/node', args: ['/opt/escarp.js'], env: {} };
const clock = { now: () => Date.UTC(2030, 0, 2, 3, 4, 5) };
const escarpEntry = { command: '/opt/node', args: ['/opt/escarp.js', 'mcp'] };

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

let home: SetupHome;
beforeEach(() => {
  home = new SetupHome();
});
afterEach(() => home.remove());

const plan = (request: Partial<SetupRequest> & { client: ClientId }, env = {}) =>
  planSetup({ launcher, ...request }, home.machine(env));

async function setUp(request: Partial<SetupRequest> & { client: ClientId }) {
  const machine = home.machine();
  return applySetup(await planSetup({ launcher, ...request }, machine), machine, clock);
}

describe('setup by a settings file', () => {
  it('keeps comments, order and indentation, and leaves a backup', async () => {
    const before =
      '{\n    // mine\n    "mcpServers": {\n        "other": { "command": "x" }, // keep\n    },\n    "z": 1\n}\n';
    home.write('.cursor/mcp.json', before);
    const backup = await setUp({ client: 'cursor' });

    expect(backup).toBe(join(home.path, '.cursor/mcp.json.before-escarp-20300102T030405Z'));
    expect(home.read('.cursor/mcp.json.before-escarp-20300102T030405Z')).toBe(before);
    const after = home.read('.cursor/mcp.json');
    expect(after).toContain('    // mine\n');
    expect(after).toContain('// keep');
    expect(after.indexOf('"escarp"')).toBeLessThan(after.indexOf('"z"'));
    expect(after).toContain('        "escarp": {\n            "command": "/opt/node"');
  });

  it('makes the file where the tool has none yet, closed to others', async () => {
    mkdirSync(join(home.path, '.cursor'));
    expect(await setUp({ client: 'cursor' })).toBeUndefined();
    expect(JSON.parse(home.read('.cursor/mcp.json'))).toEqual({ mcpServers: { escarp: escarpEntry } });
    expect(statSync(join(home.path, '.cursor/mcp.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home.path, '.cursor'))).toEqual(['mcp.json']);
  });

  it('has nothing to do the second time', async () => {
    mkdirSync(join(home.path, '.cursor'));
    await setUp({ client: 'cursor', browser: 'playwright' });
    const first = home.read('.cursor/mcp.json');
    expect((await plan({ client: 'cursor', browser: 'playwright' })).steps).toEqual([]);
    expect(await setUp({ client: 'cursor', browser: 'playwright' })).toBeUndefined();
    expect(home.read('.cursor/mcp.json')).toBe(first);
  });

  it('takes away what it registered, and nothing else', async () => {
    const before = '{\n  "mcpServers": {\n    "other": {\n      "command": "x"\n    }\n  }\n}\n';
    home.write('.cursor/mcp.json', before);
    await setUp({ client: 'cursor', browser: 'devtools' });
    expect(home.read('.cursor/mcp.json')).toContain('devtools');
    await setUp({ client: 'cursor', remove: true });
    expect(home.read('.cursor/mcp.json')).toBe(before);
    expect((await plan({ client: 'cursor', remove: true })).steps).toEqual([]);
  });

  it('follows a link to the real file, and keeps link and mode', async () => {
    const real = home.write('dotfiles/cursor.json', '{}');
    mkdirSync(join(home.path, '.cursor'));
    symlinkSync(real, join(home.path, '.cursor/mcp.json'));
    await setUp({ client: 'cursor' });
    expect(lstatSync(join(home.path, '.cursor/mcp.json')).isSymbolicLink()).toBe(true);
    expect(JSON.parse(home.read('dotfiles/cursor.json'))).toHaveProperty('mcpServers.escarp');
    expect(statSync(real).mode & 0o777).toBe(0o644);
  });

  it('follows a link to a file that is not there yet, through another link', async () => {
    mkdirSync(join(home.path, '.cursor'));
    mkdirSync(join(home.path, 'dotfiles'));
    symlinkSync('../dotfiles/link.json', join(home.path, '.cursor/mcp.json'));
    symlinkSync('cursor.json', join(home.path, 'dotfiles/link.json'));
    await setUp({ client: 'cursor' });
    expect(lstatSync(join(home.path, '.cursor/mcp.json')).isSymbolicLink()).toBe(true);
    expect(JSON.parse(home.read('dotfiles/cursor.json'))).toHaveProperty('mcpServers.escarp');
  });

  it('registers one server that has the page tools as well, and takes away the one it was before', async () => {
    const earlier = { command: '/opt/node', args: ['/opt/escarp.js', 'run', '--lazy', '--', 'npx'] };
    const other = { command: 'x' };
    home.write('.cursor/mcp.json', JSON.stringify({ mcpServers: { 'escarp-playwright': earlier, other } }));
    await setUp({ client: 'cursor', browser: 'playwright' });
    expect(JSON.parse(home.read('.cursor/mcp.json'))).toEqual({
      mcpServers: {
        other,
        escarp: { command: '/opt/node', args: ['/opt/escarp.js', 'mcp', '--browser', 'playwright'] },
      },
    });
  });

  it('knows where VS Code keeps its servers, and that it calls them otherwise', async () => {
    home.write('.config/Code/User/mcp.json', '{ "inputs": [] }');
    await setUp({ client: 'vscode' });
    expect(JSON.parse(home.read('.config/Code/User/mcp.json'))).toEqual({
      inputs: [],
      servers: { escarp: { type: 'stdio', ...escarpEntry } },
    });
    const onMac = join(home.path, 'Library/Application Support/Code/User/mcp.json');
    mkdirSync(dirname(onMac), { recursive: true });
    expect((await planSetup({ client: 'vscode', launcher }, home.machine({}, 'darwin'))).settingsPath).toBe(
      onMac,
    );
  });

  it('shows the change as a patch, and makes none, in a dry run', async () => {
    home.write('.cursor/mcp.json', '{\n  "mcpServers": {}\n}\n');
    const lines = describePlan(await plan({ client: 'cursor' }));
    expect(lines[0]).toBe(`--- ${join(home.path, '.cursor/mcp.json')}`);
    expect(lines).toContain('+    "escarp": {');
    expect(home.read('.cursor/mcp.json')).toBe('{\n  "mcpServers": {}\n}\n');
  });

  it.each([
    ['in an object on one line', '{ "mcpServers": { "other": { "command": "x" } }, "z": [1,2,  3] }'],
    ['after a comment', '{\n  "mcpServers": {\n    "other": {"command":"x"} // why\n  }\n}\n'],
    ['after a trailing comma', '{\n\t"mcpServers": {\n\t\t"other": {},\n\t},\n\t"z": {"a":1}\n}'],
    ['with the line ends of Windows', '{\r\n  "mcpServers": {\r\n    "other": {}\r\n  }\r\n}\r\n'],
    ['in an empty object', '{ "mcpServers": {}, "z":   1 }\n'],
    ['behind a byte order mark', '\uFEFF{"mcpServers":{"other":{}}}'],
  ])('adds its entry %s, and gives back the very same bytes', async (_, before) => {
    home.write('.cursor/mcp.json', before);
    await setUp({ client: 'cursor' });
    const after = home.read('.cursor/mcp.json');
    expect(commented(after)).toMatchObject({ mcpServers: { escarp: escarpEntry } });
    expect(isSubsequence(before, after)).toBe(true);
    await setUp({ client: 'cursor', remove: true });
    expect(home.read('.cursor/mcp.json')).toBe(before);
  });

  it('edits the one of two equal keys that the client reads', async () => {
    const before = '{\n  "mcpServers": { "a": {} },\n  "mcpServers": { "b": {} }\n}\n';
    home.write('.cursor/mcp.json', before);
    await setUp({ client: 'cursor' });
    const settings: unknown = JSON.parse(home.read('.cursor/mcp.json'));
    expect(settings).toEqual({ mcpServers: { b: {}, escarp: escarpEntry } });
    expect((await plan({ client: 'cursor' })).steps).toEqual([]);
  });

  it('removes both of two equal entries, as the first would come to light', async () => {
    home.write(
      '.cursor/mcp.json',
      '{ "mcpServers": { "escarp": { "command": "a" }, "escarp": { "command": "b" } } }',
    );
    await setUp({ client: 'cursor', remove: true });
    expect(JSON.parse(home.read('.cursor/mcp.json'))).toEqual({ mcpServers: {} });
  });

  it.each([
    ['servers', '{ "mcpServers": null }'],
    ['entry', '{ "mcpServers": { "escarp": null } }'],
  ])('takes null for %s as nothing there yet', async (_, text) => {
    home.write('.cursor/mcp.json', text);
    await setUp({ client: 'cursor' });
    expect(JSON.parse(home.read('.cursor/mcp.json'))).toEqual({ mcpServers: { escarp: escarpEntry } });
  });

  it('keeps what its owner added to the entry', async () => {
    const entry = { command: 'old', args: [], env: { A: '1' }, timeout: 9, alwaysAllow: ['escarp_status'] };
    home.write('.cursor/mcp.json', JSON.stringify({ mcpServers: { escarp: entry } }));
    const elsewhere = { ...launcher, env: { ESCARP_HOME: '/srv/pool' } };
    await setUp({ client: 'cursor', launcher: elsewhere });
    expect(JSON.parse(home.read('.cursor/mcp.json'))).toEqual({
      mcpServers: { escarp: { ...entry, ...escarpEntry, env: { A: '1', ESCARP_HOME: '/srv/pool' } } },
    });
    expect((await plan({ client: 'cursor', launcher: elsewhere })).steps).toEqual([]);
  });

  it.runIf(canMount)('writes into a file that cannot be replaced because it is a mount', async () => {
    home.write('.cursor/mcp.json', '{}');
    const source = home.write('mounted.json', '{ "mcpServers": { "other": {} } }');
    home.mount(source, '.cursor/mcp.json');
    await setUp({ client: 'cursor' });
    expect(JSON.parse(readFileSync(source, 'utf8'))).toEqual({
      mcpServers: { other: {}, escarp: escarpEntry },
    });
  });

  it.runIf(canMount)('says what to do when the file cannot be written, and leaves it as it was', async () => {
    const source = home.write('mounted.json', '{ "mcpServers": {} }');
    home.write('.cursor/mcp.json', '{}');
    home.mount(source, '.cursor/mcp.json', 'ro');
    await expect(setUp({ client: 'cursor' })).rejects.toMatchObject({
      code: 'settings_not_writable',
      hint: expect.stringContaining('--dry-run') as string,
    });
    expect(home.read('.cursor/mcp.json')).toBe('{ "mcpServers": {} }');
  });

  it.each([
    ['that is no JSON', '{ "mcpServers": '],
    ['whose servers are no object', '{ "mcpServers": ["x"] }'],
    ['that is a list', '[1]'],
    ['that is null', 'null'],
  ])('refuses a file %s, and leaves it alone', async (_, text) => {
    home.write('.cursor/mcp.json', text);
    await expect(setUp({ client: 'cursor' })).rejects.toMatchObject({ code: 'settings_unreadable' });
    expect(home.read('.cursor/mcp.json')).toBe(text);
    expect(readdirSync(join(home.path, '.cursor'))).toEqual(['mcp.json']);
  });

  it('refuses to write over what someone else wrote since it looked', async () => {
    home.write('.cursor/mcp.json', '{}');
    const machine = home.machine();
    const made = await planSetup({ client: 'cursor', launcher }, machine);
    home.write('.cursor/mcp.json', '{ "new": 1 }');
    await expect(applySetup(made, machine, clock)).rejects.toMatchObject({ code: 'settings_changed' });
    expect(home.read('.cursor/mcp.json')).toBe('{ "new": 1 }');
  });

  it('says so when the tool is not there', async () => {
    for (const client of ['claude-code', 'codex', 'cursor', 'vscode', 'gemini'] as const) {
      await expect(plan({ client })).rejects.toMatchObject({ code: 'client_not_found' });
    }
  });
});

/** As clients read it that allow comments. */
function commented(text: string): unknown {
  return parseJsonSettings(text);
}

/** Whether every character of the one stands in the other, in the same order. */
function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const character of whole) if (character === part[at]) at++;
  return at === part.length;
}

describe('setup of Codex', () => {
  const before =
    'model = "x" # mine\n\n[mcp_servers.other]\ncommand = "y"\n\n# about profiles\n[profiles.fast]\nmodel = "z"\n';

  it('appends a table, and puts the very same file back when it is removed', async () => {
    home.write('.codex/config.toml', before);
    await setUp({ client: 'codex', browser: 'playwright' });
    const after = home.read('.codex/config.toml');
    expect(after.startsWith(before)).toBe(true);
    expect(parseToml(after)).toMatchObject({
      mcp_servers: {
        escarp: { ...escarpEntry, args: [...escarpEntry.args, '--browser', 'playwright'] },
        other: { command: 'y' },
      },
    });
    expect((await plan({ client: 'codex', browser: 'playwright' })).steps).toEqual([]);

    await setUp({ client: 'codex', remove: true });
    expect(home.read('.codex/config.toml')).toBe(before);
  });

  it('corrects an outdated table in the middle, and keeps its neighbours', async () => {
    const outdated =
      '[mcp_servers."escarp"]\ncommand = "old"\nargs = [\n  "a",\n]\n\n[mcp_servers.escarp.env]\nA = "[b]"\n';
    home.write(
      '.codex/config.toml',
      before.replace('[mcp_servers.other]', `${outdated}\n[mcp_servers.other]`),
    );
    await setUp({ client: 'codex' });
    const after = home.read('.codex/config.toml');
    expect(after).not.toContain('old');
    expect(after).toContain('# about profiles\n[profiles.fast]');
    expect(parseToml(after)).toMatchObject({ model: 'x', mcp_servers: { other: { command: 'y' } } });
    expect((parseToml(after)['mcp_servers'] as Record<string, unknown>)['escarp']).toEqual({
      ...escarpEntry,
      env: { A: '[b]' },
    });
  });

  it("keeps the environment and the timeouts of the entry's owner", async () => {
    const own =
      '[mcp_servers.escarp] # mine\nstartup_timeout_sec = 30\ncommand = "old"\nargs = [\n  "a",\n]\n\n[mcp_servers.escarp.env]\nA = "1"\n';
    home.write('.codex/config.toml', `${before}\n${own}`);
    await setUp({ client: 'codex', launcher: { ...launcher, env: { ESCARP_HOME: '/srv/pool' } } });
    const after = home.read('.codex/config.toml');
    expect(after.startsWith(before)).toBe(true);
    expect(parseToml(after)).toMatchObject({
      mcp_servers: {
        escarp: { ...escarpEntry, startup_timeout_sec: 30, env: { A: '1', ESCARP_HOME: '/srv/pool' } },
      },
    });
    expect(after).toContain('[mcp_servers.escarp] # mine\nstartup_timeout_sec = 30\n');
  });

  it.each([
    ['as an inline table', 'mcp_servers = { other = { command = "y" } }\n'],
    ['with dotted keys', 'mcp_servers.escarp.command = "old"\n'],
  ])('refuses servers that are spelled %s, and says what to add', async (_, text) => {
    home.write('.codex/config.toml', text);
    await expect(setUp({ client: 'codex' })).rejects.toMatchObject({
      code: 'settings_unreadable',
      hint: expect.stringContaining('[mcp_servers.escarp]') as string,
    });
    expect(home.read('.codex/config.toml')).toBe(text);
  });

  it('looks where CODEX_HOME says', async () => {
    home.write('elsewhere/config.toml', '');
    const made = await plan({ client: 'codex' }, { CODEX_HOME: join(home.path, 'elsewhere') });
    expect(made.settingsPath).toBe(join(home.path, 'elsewhere/config.toml'));
  });
});

/** What a program does that carries out what it is told: its settings have the entry, or after a removal do not. */
function settled(client: ClientId): string {
  const [path, under] = {
    'claude-code': ['.claude.json', 'mcpServers'],
    codex: ['.codex/config.toml', 'mcp_servers'],
    cursor: ['.cursor/mcp.json', 'mcpServers'],
    vscode: ['.config/Code/User/mcp.json', 'servers'],
    gemini: ['.gemini/settings.json', 'mcpServers'],
  }[client] as [string, string];
  const text = path.endsWith('.toml')
    ? `[${under}.escarp]\ncommand = "/opt/node"\nargs = ["/opt/escarp.js", "mcp"]\n`
    : JSON.stringify({ [under]: { escarp: escarpEntry } });
  return `
    const fs = require('node:fs');
    const path = ${JSON.stringify(join(home.path, path))};
    fs.mkdirSync(require('node:path').dirname(path), { recursive: true });
    if (args.includes('remove')) fs.writeFileSync(path, '{}');
    else if (!args.includes('--help')) fs.writeFileSync(path, ${JSON.stringify(text)});`;
}

describe("setup by the tool's own command line", () => {
  it.each([
    [
      'claude-code',
      'claude',
      ['mcp', 'add', '--scope', 'user', 'escarp', '--', '/opt/node', '/opt/escarp.js', 'mcp'],
    ],
    ['codex', 'codex', ['mcp', 'add', 'escarp', '--', '/opt/node', '/opt/escarp.js', 'mcp']],
    [
      'gemini',
      'gemini',
      ['mcp', 'add', '--scope', 'user', 'escarp', '/opt/node', '--', '/opt/escarp.js', 'mcp'],
    ],
    ['vscode', 'code', ['--add-mcp', JSON.stringify({ name: 'escarp', type: 'stdio', ...escarpEntry })]],
  ] as const)('%s', async (client, program, call) => {
    home.program(program, settled(client));
    await setUp({ client });
    expect(home.calls().at(-1)).toEqual(call);
  });

  it.each([
    ['claude-code', 'claude', ['escarp', '-e', 'ESCARP_HOME=/srv/pool', '--', '/opt/node']],
    ['codex', 'codex', ['escarp', '--env', 'ESCARP_HOME=/srv/pool', '--', '/opt/node']],
    ['gemini', 'gemini', ['-e', 'ESCARP_HOME=/srv/pool', 'escarp', '/opt/node', '--']],
  ] as const)('%s is told of a state directory that is not the default', async (client, program, part) => {
    home.program(program);
    const { steps } = await plan({ client, launcher: { ...launcher, env: { ESCARP_HOME: '/srv/pool' } } });
    const [step] = steps;
    expect(step?.kind === 'run' && step.args.join(' ')).toContain(part.join(' '));
  });

  it('does not believe a program that reports success and writes nothing', async () => {
    home.program('codex');
    await expect(setUp({ client: 'codex' })).rejects.toMatchObject({
      code: 'registration_failed',
      message: expect.stringContaining('does not have escarp') as string,
    });
  });

  it('edits the file where the entry has more than setup wrote, which the program would drop', async () => {
    const entry = { type: 'stdio', command: 'old', args: [], env: { A: '1' } };
    home.write('.claude.json', JSON.stringify({ mcpServers: { escarp: entry }, z: 1 }));
    home.program('claude');
    await setUp({ client: 'claude-code' });
    expect(JSON.parse(home.read('.claude.json'))).toEqual({
      mcpServers: { escarp: { ...entry, ...escarpEntry } },
      z: 1,
    });
  });

  it('replaces another command of the same name, and removes what is there', async () => {
    home.write('.claude.json', JSON.stringify({ mcpServers: { escarp: { command: 'old' } } }));
    home.program('claude', settled('claude-code'));
    const backup = await setUp({ client: 'claude-code' });
    expect(backup).toBe(join(home.path, '.claude.json.before-escarp-20300102T030405Z'));
    expect(home.calls().map((args) => args.slice(0, 2))).toEqual([
      ['mcp', '--help'],
      ['mcp', 'remove'],
      ['mcp', 'add'],
    ]);
    await setUp({ client: 'claude-code', remove: true });
    expect(home.calls().at(-1)).toEqual(['mcp', 'remove', '--scope', 'user', 'escarp']);
  });

  it('does not ask the tool when all is as it should be', async () => {
    home.write(
      '.claude.json',
      JSON.stringify({ mcpServers: { escarp: { type: 'stdio', ...escarpEntry, env: {} } } }),
    );
    home.program('claude', 'process.exit(1)');
    expect((await plan({ client: 'claude-code' })).steps).toEqual([]);
  });

  it('edits the file where the program is too old to do it', async () => {
    home.program('claude', 'process.exit(args[1] === "--help" ? 1 : 0)');
    await setUp({ client: 'claude-code' });
    expect(JSON.parse(home.read('.claude.json'))).toEqual({
      mcpServers: { escarp: { type: 'stdio', ...escarpEntry } },
    });
  });

  it('edits the file where the program can add but not remove', async () => {
    home.program('code');
    home.write('.config/Code/User/mcp.json', JSON.stringify({ servers: { escarp: { command: 'old' } } }));
    await setUp({ client: 'vscode' });
    expect(JSON.parse(home.read('.config/Code/User/mcp.json'))).toMatchObject({
      servers: { escarp: escarpEntry },
    });
  });

  it('reports what the tool said when it refuses', async () => {
    home.program('codex', 'if (args[1] === "add") { console.error("no such thing"); process.exit(3); }');
    await expect(setUp({ client: 'codex' })).rejects.toMatchObject({
      code: 'registration_failed',
      message: expect.stringContaining('no such thing') as string,
    });
  });

  it('prints the command, quoted for a shell, in a dry run', async () => {
    home.program('code');
    const [line] = describePlan(await plan({ client: 'vscode' }));
    expect(line).toMatch(/bin\/code --add-mcp '\{"name":"escarp".*\}'$/);
  });
});
