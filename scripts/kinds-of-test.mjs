// Which tests are which, as arguments of Vitest.

/**
 * Quick, and without a browser. Their files leave nothing behind in a process, so that they may share one. Left to itself,
 * Vitest would keep one processor for an editor.
 */
export const UNIT_TESTS = ['--tags-filter=!browser', '--no-isolate', '--maxWorkers=100%'];

/** With real browsers or displays, each of which uses every processor by itself. */
export const BROWSER_TESTS = ['--tags-filter=browser', '--maxWorkers=1'];
