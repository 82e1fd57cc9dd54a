// Which tests are which, as arguments of Vitest.
import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './workspace.mjs';

/**
 * Tests wait for half of their time: for another process, or for a time limit to pass. So there are twice as many files at
 * once as processors. No test judges how long anything takes.
 */
const filesAtOnce = 2 * availableParallelism();

/** As one project: what tests import is prepared once instead of once for each package, and files may share a process. */
const together = ['--config', 'vitest.together.ts'];

/** Without a browser. Their files leave nothing behind in a process, so that they may share one. */
export const UNIT_TESTS = [
  ...together,
  '--tags-filter=!browser',
  '--no-isolate',
  `--maxWorkers=${filesAtOnce}`,
];

/**
 * With real browsers or displays. One file may start up to ten of them, so fewer files run at once. They share processes too:
 * all that they start has folders and ports of its own.
 */
const browserFilesAtOnce = Math.min(Math.ceil(1.5 * availableParallelism()), 8);
export const BROWSER_TESTS = [
  ...together,
  '--tags-filter=browser',
  '--no-isolate',
  `--maxWorkers=${browserFilesAtOnce}`,
];

/**
 * Those of them that wait for most of their time, for limits of escarp's own to pass or for programs that they start one after
 * the other. They take turns beside the others: there they cost little, and would otherwise keep places from files that work.
 * Together they should take no longer than the others do.
 */
export const PATIENT_TESTS = [...together, '--tags-filter=browser', '--no-isolate', '--maxWorkers=1'];
export const patientFiles = [
  'e2e/security/test/state-files.test.ts',
  'e2e/security/test/hostile-browsers.test.ts',
  'e2e/test/run.test.ts',
  'apps/cli/test/commands/one-slot.test.ts',
  'packages/slot-pool/test/quiet-browser.test.ts',
  'e2e/test/mcp.test.ts',
  'e2e/security/test/connections.test.ts',
  'apps/daemon/test/healing.test.ts',
];

/** Those that count what their own process holds, and so need one of their own. */
export const COUNTING_TESTS = [...together, '--tags-filter=browser', '--maxWorkers=1'];
export const countingFiles = ['packages/slot-pool/test/growth.test.ts', 'apps/daemon/test/soak.test.ts'];

/** The files that have browser tests. Vitest starts a process for each file it is given, even if it runs nothing in it. */
export function browserTestFiles() {
  const files = testFiles(root)
    .filter((path) => /\btags\b.*\bbrowser\b/.test(readFileSync(path, 'utf8')))
    .map((path) => relative(root, path));
  const apart = new Set([...patientFiles, ...countingFiles]);
  return {
    patient: files.filter((path) => patientFiles.includes(path)),
    counting: files.filter((path) => countingFiles.includes(path)),
    others: files.filter((path) => !apart.has(path)),
  };
}

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return entry.name.endsWith('.test.ts') ? [path] : [];
    const isSearched = entry.isDirectory() && !/^(\..*|node_modules|dist|src)$/.test(entry.name);
    return isSearched ? testFiles(path) : [];
  });
}
