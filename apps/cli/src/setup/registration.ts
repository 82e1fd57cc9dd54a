import { sep } from 'node:path';

/** An MCP server over stdio, as a client's settings name it. */
export interface Registration {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What it needs to find the same state directory from anywhere; empty for the default one. */
  readonly env: Readonly<Record<string, string>>;
}

/** How to start escarp: a program, what stands before the subcommand, and the environment it needs. */
export interface Launcher {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export type BrowserTool = 'playwright' | 'devtools';

const browserTools: Readonly<Record<BrowserTool, readonly string[]>> = {
  playwright: ['@playwright/mcp@0.0.83', '--cdp-endpoint', '{cdp_http}'],
  devtools: ['chrome-devtools-mcp@1.11.0', '--no-usage-statistics', '--browser-url={cdp_http}'],
};

/** Every name that setup ever registers, and `remove` takes away. */
export const ownNames: readonly string[] = [
  'escarp',
  ...Object.keys(browserTools).map((tool) => `escarp-${tool}`),
];

/**
 * Absolute paths, because an editor started from a desktop has another PATH and another folder than a shell. A copy in
 * npx's cache is swept away some day, so that one is started by npx again. A state directory other than the default is
 * named, since the client does not have this shell's environment.
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

/** escarp's own server and, if asked for, a browser server that leases its browser at first use. */
export function registrations(launcher: Launcher, browser: BrowserTool | undefined): Registration[] {
  const { command, args, env } = launcher;
  const own = { name: 'escarp', command, args: [...args, 'mcp'], env };
  if (browser === undefined) return [own];
  const leased = [...args, 'run', '--lazy', '--', 'npx', '--yes', ...browserTools[browser]];
  return [own, { name: `escarp-${browser}`, command, args: leased, env }];
}
