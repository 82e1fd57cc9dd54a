import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PlaywrightError } from './playwright-error.js';

/** The Playwright library that a suite runs with. */
export interface SuitePlaywright {
  /** Folder of its `playwright-core` package. */
  readonly folder: string;
  /** For example `1.65.1`. */
  readonly version: string;
}

/** The first version that lends a browser to another process at an address, which is `browser.bind`. */
const versionMin = [1, 60] as const;

/** Each depends on the next, and where packages are isolated, as with pnpm, only a dependent can see its dependencies. */
const chain = ['@playwright/test', 'playwright', 'playwright-core'];

/**
 * The library that code in this folder would load. It is looked for as Node does, and not loaded.
 *
 * @throws PlaywrightError `playwright_missing` or `playwright_too_old`.
 */
export function findSuitePlaywright(suiteFolder: string): SuitePlaywright {
  const core = findCore(suiteFolder);
  if (core === undefined) {
    throw new PlaywrightError(
      'playwright_missing',
      `There is no Playwright in ${suiteFolder} or above it.`,
      'Install @playwright/test there, or name the folder of the suite with --suite.',
    );
  }
  const { version } = manifestAt(core);
  if (isTooOld(version)) {
    throw new PlaywrightError(
      'playwright_too_old',
      `The suite has Playwright ${version}; ${versionMin.join('.')} or newer is needed.`,
      'Update @playwright/test, or use the fixtures of @escarp/playwright-test: see escarp docs test-runners.',
    );
  }
  return { folder: dirname(core), version };
}

/** Path of the manifest of playwright-core, by way of the packages that bring it. */
function findCore(suiteFolder: string): string | undefined {
  let from = suiteFolder;
  let found: string | undefined;
  for (const name of chain) {
    found = installedFrom(from, name);
    if (found !== undefined) from = dirname(found);
  }
  return found;
}

/**
 * As Node resolves, but without `NODE_PATH`: the script by which pnpm starts escarp puts escarp's own packages there,
 * which the suite does not see.
 */
function installedFrom(folder: string, name: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'node_modules', name, 'package.json');
    if (existsSync(path)) return realpathSync(path);
    if (at === dirname(at)) return undefined;
  }
}

function manifestAt(path: string): { version: string } {
  const manifest: { version: string } = JSON.parse(readFileSync(path, 'utf8'));
  return manifest;
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major < versionMin[0] || (major === versionMin[0] && minor < versionMin[1]);
}
