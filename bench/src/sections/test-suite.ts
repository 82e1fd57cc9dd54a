import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withScratch } from '../scratch.js';
import type { Context, Section } from '../section.js';
import { environmentWith, escarpPath, runNode } from '../subjects/escarp-program.js';
import { variableOf, withPool } from '../subjects/escarp-pool.js';
import { withPage } from '../subjects/page-site.js';
import { usageIsKnown } from '../subjects/process-usage.js';
import { usageWhile, type Usage } from '../subjects/usage-while.js';
import { repeat } from '../timing.js';

/** As many as `escarp up` makes where nothing is said. */
const slots = 4;
/** For which the goals are. A smoke run, which judges nothing, has one worker on one slot. */
const workersOfGoal = 4;

export const testSuite: Section = {
  name: 'test-suite',
  title: `A Playwright suite of 40 small tests: workers on ${slots} leased slots, and workers that launch browsers`,
  measure: async (context) => {
    if (!usageIsKnown) return context.note('Measured on Linux only.');
    const { effort, browser } = context;
    // Browsers get no variables of escarp's own.
    const mark = `BENCH_FAMILY=${process.pid}`;
    const tests = effort.of(2, 40, 40);
    await withPage(async (url) =>
      withSuite({ url, browser, tests }, async (suite) =>
        withPool({ slots: effort.of(1, slots, slots), browser, mark }, async ({ env }) => {
          for (const workers of [1, 2, workersOfGoal, 8].slice(effort.of(0, 2, 0), effort.of(1, 3, 4))) {
            await compare(context, { ...suite, workers, env, mark });
          }
        }),
      ),
    );
  },
};

interface Suite {
  readonly folder: string;
  readonly runner: string;
}

interface Comparison extends Suite {
  readonly workers: number;
  /** Of the pool. */
  readonly env: Record<string, string>;
  readonly mark: string;
}

/** In turns, so that whatever else the machine does falls on both alike. */
async function compare(context: Context, comparison: Comparison): Promise<void> {
  const { folder, runner, workers, env, mark } = comparison;
  const words = [runner, 'test', '--config', folder, '--workers', String(workers)];
  const leasing = [escarpPath, 'run', '--playwright', '--suite', folder, '--', process.execPath, ...words];
  const rounds = await repeat(context.effort.of(1, 1, 5), async (round) => {
    context.say(`a suite with ${workers} workers, round ${round + 1}`);
    const launched = await usageWhile(mark, () => runNode(words, environmentWith(variableOf(mark))));
    const leased = await usageWhile(mark, () => runNode(leasing, env));
    return { launched, leased };
  });
  for (const { field, name, unit, max } of figures) {
    const of = (usages: readonly Usage[]): number[] => usages.map((usage) => usage[field]);
    const rival = context.row({
      name: `${name}, ${workers} launching workers`,
      unit,
      isOurs: false,
      values: of(rounds.map(({ launched }) => launched)),
      ...pointOf(field, 'launching', workers),
    });
    context.row({
      name: `${name}, ${workers} workers on slots`,
      unit,
      values: of(rounds.map(({ leased }) => leased)),
      rival,
      ...pointOf(field, 'on slots', workers),
      ...(workers === workersOfGoal && max !== undefined ? { goal: { of: 'ratio', max } } : {}),
    });
  }
}

/** Of the wall time, which a plot shows. */
function pointOf(field: keyof Usage, curve: string, x: number) {
  return field === 'wallS' ? { point: { curve, x } } : {};
}

const figures = [
  { field: 'wallS', name: 'wall time', unit: 's', max: 0.7 },
  { field: 'cpuS', name: 'CPU', unit: 's', max: 0.6 },
  { field: 'peakMb', name: 'peak PSS, pool included', unit: 'MB', max: undefined },
] as const;

/** Lends a suite in a folder of its own. A test that fails fails the measurement. */
async function withSuite<T>(
  { url, browser, tests }: { url: string; browser: string; tests: number },
  use: (suite: Suite) => Promise<T>,
): Promise<T> {
  return withScratch(async (folder) => {
    const installed = dirname(fileURLToPath(import.meta.resolve('@playwright/test/package.json')));
    await mkdir(join(folder, 'node_modules/@playwright'), { recursive: true });
    await symlink(await realpath(installed), join(folder, 'node_modules/@playwright/test'));
    const config = {
      fullyParallel: true,
      reporter: 'dot',
      outputDir: 'results',
      use: { baseURL: url, launchOptions: { executablePath: browser } },
    };
    await writeFile(join(folder, 'playwright.config.cjs'), `module.exports = ${JSON.stringify(config)};`);
    await writeFile(join(folder, 'small.spec.cjs'), specOf(tests));
    return use({ folder, runner: join(folder, 'node_modules/@playwright/test/cli.js') });
  });
}

const specOf = (tests: number): string => `const { expect, test } = require('@playwright/test');
for (let number = 0; number < ${tests}; number++) {
  test('presses ' + number, async ({ page }) => {
    await page.goto('/');
    for (let press = 0; press < 3; press++) await page.getByRole('button').click();
    expect(await page.evaluate('presses')).toBe(3);
  });
}`;
