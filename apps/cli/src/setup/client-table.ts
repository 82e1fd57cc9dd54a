import { join } from 'node:path';
import type { Workstation } from '../workstation.js';
import type { Registration } from './registration.js';

export type ClientId = 'claude-code' | 'codex' | 'cursor' | 'vscode' | 'gemini';

/** What is documented about one MCP client: its command line, and its settings file. */
export interface Client {
  readonly title: string;
  readonly program: string;
  /** Arguments of `program`. Absent if it has no such command. */
  readonly add?: (registration: Registration) => string[];
  readonly remove?: (name: string) => string[];
  /** Exits with 0 if this version of the program supports the above. */
  readonly probe?: readonly string[];
  readonly settings: {
    readonly path: (machine: Workstation) => string;
    readonly format: 'json' | 'toml';
    /** The object in the settings that has one member for each server. */
    readonly under: string;
    /** The servers are marked `"type": "stdio"`. */
    readonly typed?: boolean;
    /** The client reads plain JSON, without comments and trailing commas. */
    readonly strict?: boolean;
  };
}

export const clients: Readonly<Record<ClientId, Client>> = {
  'claude-code': {
    title: 'Claude Code',
    program: 'claude',
    add: ({ name, command, args, env }) => {
      return ['mcp', 'add', '--scope', 'user', name, ...variables('-e', env), '--', command, ...args];
    },
    remove: (name) => ['mcp', 'remove', '--scope', 'user', name],
    probe: ['mcp', '--help'],
    settings: {
      path: ({ home, env }) => join(env['CLAUDE_CONFIG_DIR'] || home, '.claude.json'),
      format: 'json',
      under: 'mcpServers',
      typed: true,
      strict: true,
    },
  },
  codex: {
    title: 'Codex',
    program: 'codex',
    add: ({ name, command, args, env }) => {
      return ['mcp', 'add', name, ...variables('--env', env), '--', command, ...args];
    },
    remove: (name) => ['mcp', 'remove', name],
    probe: ['mcp', '--help'],
    settings: {
      path: ({ home, env }) => join(env['CODEX_HOME'] || join(home, '.codex'), 'config.toml'),
      format: 'toml',
      under: 'mcp_servers',
    },
  },
  cursor: {
    title: 'Cursor',
    program: 'cursor',
    settings: { path: ({ home }) => join(home, '.cursor', 'mcp.json'), format: 'json', under: 'mcpServers' },
  },
  vscode: {
    title: 'VS Code',
    program: 'code',
    add: ({ name, command, args, env }) => {
      const server = { name, type: 'stdio', command, args };
      return ['--add-mcp', JSON.stringify(Object.keys(env).length === 0 ? server : { ...server, env })];
    },
    settings: { path: vscodeSettings, format: 'json', under: 'servers', typed: true },
  },
  gemini: {
    title: 'Gemini CLI',
    program: 'gemini',
    add: ({ name, command, args, env }) => {
      return ['mcp', 'add', '--scope', 'user', ...variables('-e', env), name, command, '--', ...args];
    },
    remove: (name) => ['mcp', 'remove', '--scope', 'user', name],
    probe: ['mcp', '--help'],
    settings: {
      path: ({ home }) => join(home, '.gemini', 'settings.json'),
      format: 'json',
      under: 'mcpServers',
    },
  },
};

function variables(option: string, env: Registration['env']): string[] {
  return Object.entries(env).flatMap(([name, value]) => [option, `${name}=${value}`]);
}

function vscodeSettings({ platform, home, env }: Workstation): string {
  const base =
    platform === 'darwin'
      ? join(home, 'Library', 'Application Support')
      : env['XDG_CONFIG_HOME'] || join(home, '.config');
  return join(base, 'Code', 'User', 'mcp.json');
}
