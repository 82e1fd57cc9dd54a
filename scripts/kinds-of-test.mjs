// Which tests are which, as arguments of Vitest.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './workspace.mjs';

/**
 * Quick, and without a browser. Their files leave nothing behind in a process, so that they may share one. Left to itself,
 * Vitest would keep one processor for an editor.
 */
export const UNIT_TESTS = ['--tags-filter=!browser', '--no-isolate', '--maxWorkers=100%'];

/**
 * With real browsers or displays. Such a test waits for half of its time, and none judges how long anything takes, so two
 * files run at once.
 */
export const BROWSER_TESTS = ['--tags-filter=browser', '--maxWorkers=2'];

/** The files that have such tests. Vitest starts a process for each file it is given, even if it runs nothing in it. */
export function browserTestFiles() {
  return testFiles(root)
    .filter((path) => /\btags\b.*\bbrowser\b/.test(readFileSync(path, 'utf8')))
    .map((path) => relative(root, path));
}

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return entry.name.endsWith('.test.ts') ? [path] : [];
    const isSearched = entry.isDirectory() && !/^(\..*|node_modules|dist|src)$/.test(entry.name);
    return isSearched ? testFiles(path) : [];
  });
}
