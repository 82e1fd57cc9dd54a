import { defineConfig, mergeConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute and more, the longest first. Started last, one would keep a single worker busy long after the others. */
const longFiles = [
  'journal-damage',
  'daemon/test/flood',
  'commands/mistakes',
  'bench/test/bench',
  'playwright-suite',
  'daemon/test/saved-logins',
  'reset-guarantee',
  'e2e/test/outside-programs',
  'e2e/test/docs',
  'e2e/test/run.test',
  'e2e/test/mcp.test',
  'e2e/test/screenshots',
  'silent-browsers',
  'commands/pool-life',
  'agent-clients',
  'dashboard/test/looks',
  'commands/login',
  'security/test/state-files',
  'security/test/hostile-pages',
  'commands/ownership',
  'commands/one-slot',
  'commands/two-slots',
  'crash-matrix',
  'daemon/test/crashes',
  'security/test/connections',
  'commands/demo',
  'daemon/test/healing',
  'daemon/test/orderly-ends',
  'slot-pool/test/resets',
  'commands/pool-options',
  'dashboard/test/real-pool',
  'slot-fixtures',
  'hostile-browsers',
  'commands/displays',
  'identity/test/displays',
  'live-view/test/recording',
  'dashboard/test/from-afar',
  'slots-for-scripts',
  'commands/spares',
  'daemon/test/requests',
  'owned-files/test/empty-folder',
  'quiet-browser',
];

/** Starts the long files first. Vitest by itself knows how long a file takes only where it has run it before. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it sorts no array in place: it is the sequencer's own method.
    const others = await super.sort(files);
    return others.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = longFiles.findIndex((name) => moduleId.includes(name));
  return at < 0 ? longFiles.length : at;
}

/** What goes for every test. */
export const everyTest = defineConfig({
  resolve: { conditions: ['@escarp/source'] },
  ssr: { resolve: { conditions: ['@escarp/source'] } },
  test: {
    // A bound on what hangs, and no statement about speed: the machine may be busy with other things.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Likewise. By default Vitest gives up after a second.
    expect: { poll: { timeout: 45_000 } },
    sequence: { sequencer: LongestFirst },
    coverage: {
      include: ['packages/*/src/**', 'apps/*/src/**'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: '.cache/coverage',
    },
    tags: [
      {
        name: 'browser',
        description: 'Starts a real browser or a real X display.',
        timeout: 120_000,
      },
    ],
  },
});

/** The folders of the projects, by the names that `--project` takes. */
export const projects = {
  'lease-registry': 'packages/lease-registry',
  'slot-pool': 'packages/slot-pool',
  'os-identity': 'packages/os-identity',
  transport: 'packages/transport',
  contract: 'packages/contract',
  'owned-files': 'packages/owned-files',
  'page-tools': 'packages/page-tools',
  'live-view': 'packages/live-view',
  'playwright-endpoint': 'packages/playwright-endpoint',
  'child-process': 'packages/child-process',
  'saved-logins': 'packages/saved-logins',
  screenshots: 'packages/screenshots',
  broker: 'packages/broker',
  daemon: 'apps/daemon',
  cli: 'apps/cli',
  'mcp-server': 'packages/mcp-server',
  mcp: 'apps/mcp',
  viewer: 'apps/viewer',
  scripts: 'scripts',
  e2e: 'e2e',
  bench: 'bench',
  security: 'e2e/security',
  identity: 'e2e/identity',
  dashboard: 'e2e/dashboard',
};

const testFiles = 'test/**/*.test.ts';

/** The test files of a project in `folder`. */
export const testsIn = (folder: string): string => `${folder}/${testFiles}`;

export default mergeConfig(
  everyTest,
  defineConfig({
    test: {
      projects: Object.entries(projects).map(([name, root]) => ({
        extends: true as const,
        test: { name, root, include: [testFiles] },
      })),
    },
  }),
);
