import { sep } from 'node:path';

/** An MCP server over stdio, as a client's settings name it. */
export interface Registration {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What it needs to find the same state directory from anywhere; empty for the default one. */
  readonly env: Readonly<Record<string, string>>;
}

/** How to start escarp: a program, what precedes the subcommand, and the environment it needs. */
export interface Launcher {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Page servers whose tools can be served together with escarp's own. */
export const browserTools = ['playwright', 'devtools', 'agent-browser'] as const;

export type BrowserTool = (typeof browserTools)[number];

/** What version 1 registered next to escarp: separate page servers, which all agents of a client shared. */
export const supersededNames: readonly string[] = ['escarp-playwright', 'escarp-devtools'];

/** Every name that setup ever registered, and that `remove` removes. */
export const ownNames: readonly string[] = ['escarp', ...supersededNames];

/**
 * Absolute paths, because an editor started from a desktop has another PATH and another folder than a shell. A copy in
 * npx's cache will be deleted some day, so that one is started with npx again. A state directory other than the default
 * is named, since the client does not have this shell's environment.
 */
export function launcherOf(
  { executable, script, version }: { executable: string; script: string; version: string },
  { home, defaultHome }: { home: string; defaultHome: string },
): Launcher {
  const env: Record<string, string> = home === defaultHome ? {} : { ESCARP_HOME: home };
  if (script.split(sep).includes('_npx'))
    return { command: 'npx', args: ['--yes', `escarp@${version}`], env };
  return { command: executable, args: [script], env };
}

/** One server: escarp's own tools and, if requested, those of a page server. */
export function registrationOf(
  { command, args, env }: Launcher,
  browser: BrowserTool | undefined,
): Registration {
  const pages = browser === undefined ? [] : ['--browser', browser];
  return { name: 'escarp', command, args: [...args, 'mcp', ...pages], env };
}
