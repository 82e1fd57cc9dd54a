import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute and more, the longest first. Started last, one would keep a single worker busy long after the others. */
const longFiles = [
  'journal-damage',
  'e2e/test/page-tools',
  'bench/test/bench',
  'reset-guarantee',
  'playwright-suite',
  'outside-mcp-servers',
  'security/test/state-files',
  'commands/pool-life',
  'security/test/hostile-pages',
  'hostile-browsers',
  'daemon/test/orderly-ends',
  'daemon/test/saved-logins',
  'e2e/test/run-ends',
  'silent-browsers',
  'test-runners-page',
  'daemon/test/healing',
  'slots-for-scripts',
  'agent-clients',
  'commands/ownership',
  'commands/demo',
  'commands/login',
  'identity/test/displays',
  'daemon/test/crashes',
  'commands/silent-daemon',
  'commands/pool-options',
  'daemon/test/soak',
  'e2e/test/mcp-stdio',
  'dashboard/test/real-pool',
  'slot-fixtures',
  'commands/displays',
  'crash-matrix',
  'spare-guarantee',
  'daemon/test/flood',
  'commands/mistakes',
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

const project = (name: string, root: string) => ({
  extends: true as const,
  test: { name, root, include: ['test/**/*.test.ts'] },
});

export default defineConfig({
  resolve: { conditions: ['@escarp/source'] },
  ssr: { resolve: { conditions: ['@escarp/source'] } },
  test: {
    // A bound on what hangs, and no statement about speed: the machine may be busy with other things.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Likewise. By default Vitest gives up after a second.
    expect: { poll: { timeout: 45_000 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      project('lease-registry', 'packages/lease-registry'),
      project('slot-pool', 'packages/slot-pool'),
      project('os-identity', 'packages/os-identity'),
      project('transport', 'packages/transport'),
      project('contract', 'packages/contract'),
      project('owned-files', 'packages/owned-files'),
      project('page-tools', 'packages/page-tools'),
      project('live-view', 'packages/live-view'),
      project('playwright-endpoint', 'packages/playwright-endpoint'),
      project('child-process', 'packages/child-process'),
      project('saved-logins', 'packages/saved-logins'),
      project('screenshots', 'packages/screenshots'),
      project('broker', 'packages/broker'),
      project('daemon', 'apps/daemon'),
      project('cli', 'apps/cli'),
      project('mcp-server', 'packages/mcp-server'),
      project('mcp', 'apps/mcp'),
      project('viewer', 'apps/viewer'),
      project('scripts', 'scripts'),
      project('e2e', 'e2e'),
      project('bench', 'bench'),
      project('security', 'e2e/security'),
      project('identity', 'e2e/identity'),
      project('dashboard', 'e2e/dashboard'),
    ],
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
