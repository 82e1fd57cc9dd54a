// Which tests are which, as arguments of Vitest.

/** Quick, and without a browser. Their files leave nothing behind in a process, so that they may share one. */
export const UNIT_TESTS = ['--tags-filter=!browser', '--no-isolate'];

/** With real browsers or displays, which use every processor by themselves. */
export const BROWSER_TESTS = ['--tags-filter=browser', '--maxWorkers=1'];
