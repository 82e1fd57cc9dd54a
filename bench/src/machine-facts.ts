import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a figure means nothing without. */
export interface MachineFacts {
  readonly at: string;
  readonly load: number;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly revision: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** Above this load other work shares the cores, and no figure can be trusted. */
export const loadMax = 1.5;

const rivals = ['playwright-core', '@playwright/mcp', 'chrome-devtools-mcp', 'agent-browser', 'hono'];

export async function machineFacts(browser: string): Promise<MachineFacts> {
  const [processor] = cpus();
  return {
    at: new Date().toISOString(),
    load: loadavg()[0] ?? 0,
    processor: processor?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${platform()} ${release()} ${arch()}`,
    revision: await revision(),
    versions: {
      node: process.versions.node,
      browser: (await run(browser, ['--version'])).stdout.trim(),
      ...Object.fromEntries(rivals.map((name) => [name, versionOf(name)])),
    },
  };
}

async function revision(): Promise<string> {
  try {
    const { stdout: hash } = await run('git', ['rev-parse', '--short', 'HEAD']);
    const { stdout: changes } = await run('git', ['status', '--porcelain', '--untracked-files=no']);
    return `${hash.trim()}${changes === '' ? '' : ' with changes'}`;
  } catch {
    return 'not a git checkout';
  }
}

/** Not every package lets its manifest be imported, so it is looked for where it is installed. */
function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const { version }: { version: string } = require(`${folder}/${name}/package.json`);
      return version;
    } catch {
      // The next folder up may have it.
    }
  }
  return 'unknown';
}
