import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../boundaries.mjs', import.meta.url));

const innocent: Record<string, string> = {
  'packages/lease-registry/src/index.ts': 'export const registry = 1;',
  'packages/contract/src/index.ts': 'export const code = 1;',
  'packages/child-process/src/index.ts': 'export const start = 1;',
  'packages/slot-pool/src/index.ts': "export { slot } from './slot.js';",
  'packages/slot-pool/src/slot.ts':
    "export { remove } from '../../owned-files/src/index.js';\nexport const slot = 1;",
  'packages/owned-files/src/index.ts': 'export const remove = 1;',
  'packages/test-support/src/index.ts': 'export const support = 1;',
  'packages/slot-pool/test/slot.test.ts':
    "import { slot } from '../src/slot.js';\nimport { support } from '../../test-support/src/index.js';\nexport const seen = [slot, support];",
  'packages/broker/src/index.ts':
    "export { slot } from '../../slot-pool/src/index.js';\nexport { start } from '../../child-process/src/index.js';\nexport { code } from '../../contract/src/index.js';",
  'packages/transport/src/mcp/server.ts': "export { sdk } from '@modelcontextprotocol/server';",
  'apps/daemon/src/main.ts': "export { registry } from '../../../packages/lease-registry/src/index.js';",
  'apps/cli/src/index.ts': "export { slot } from '../../../packages/broker/src/index.js';",
  'bench/src/index.ts': "export { slot } from '../../packages/slot-pool/src/index.js';",
  'e2e/test/tools.test.ts': "export { support } from '../../packages/test-support/src/index.js';",
  'node_modules/@modelcontextprotocol/server/index.js': 'export const sdk = 1;',
  'node_modules/@modelcontextprotocol/server/package.json': '{ "type": "module", "exports": "./index.js" }',
};

const violations: [rule: string, file: string, imported: string][] = [
  ['core-is-pure', 'packages/lease-registry/src/clock.ts', 'node:os'],
  ['core-is-pure', 'packages/lease-registry/src/schema.ts', '@modelcontextprotocol/server'],
  ['contract-depends-on-nothing', 'packages/contract/src/codes.ts', '../../slot-pool/src/index.js'],
  ['owned-files-depends-on-nothing', 'packages/owned-files/src/codes.ts', '../../contract/src/index.js'],
  ['child-process-depends-on-nothing', 'packages/child-process/src/code.ts', '../../contract/src/index.js'],
  ['ground-floor-packages-are-strangers', 'packages/transport/src/pool.ts', '../../slot-pool/src/index.js'],
  ['packages-never-import-apps', 'packages/transport/src/main.ts', '../../../apps/daemon/src/main.js'],
  ['packages-never-import-apps', 'packages/transport/src/tools.ts', '../../../e2e/test/tools.test.js'],
  ['no-app-imports-an-app', 'apps/daemon/src/command.ts', '../../cli/src/index.js'],
  ['no-app-imports-an-app', 'apps/cli/src/daemon.ts', '../../daemon/src/main.js'],
  ['outsiders-start-programs', 'bench/src/daemon.ts', '../../apps/daemon/src/main.js'],
  ['outsiders-start-programs', 'e2e/src/command.ts', '../../apps/cli/src/index.js'],
  ['no-deep-imports', 'apps/daemon/src/slot.ts', '../../../packages/slot-pool/src/slot.js'],
  ['no-deep-imports', 'packages/broker/src/slot.ts', '../../slot-pool/src/slot.js'],
  ['no-deep-imports', 'e2e/src/slot.ts', '../../packages/slot-pool/src/slot.js'],
  ['test-support-only-from-tests', 'apps/daemon/src/fake.ts', '../../../packages/test-support/src/index.js'],
  ['mcp-sdk-only-where-mcp-is', 'packages/transport/src/client.ts', '@modelcontextprotocol/server'],
  ['no-circular', 'packages/slot-pool/src/turn.ts', './turn.js'],
  ['no-circular', 'packages/slot-pool/src/key.ts', './lock.js'],
  ['not-to-unresolvable', 'packages/slot-pool/src/gone.ts', './not-there.js'],
];

describe('the boundary rules', () => {
  let tree: string;
  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'boundaries-'));
    for (const [path, text] of Object.entries(innocent)) write(path, text);
  });
  afterAll(() => rmSync(tree, { recursive: true }));

  it(
    'let a tree that keeps them pass, and fire once each on one that breaks them all',
    { timeout: 60_000 },
    () => {
      expect(judge()).toEqual({ status: 0, broken: [] });

      for (const [, file, imported] of violations) write(file, `export * from '${imported}';`);
      // A circle of types alone.
      write(
        'packages/slot-pool/src/key.ts',
        "import type { Lock } from './lock.js';\nexport type Key = Lock | 2;",
      );
      write(
        'packages/slot-pool/src/lock.ts',
        "import type { Key } from './key.js';\nexport type Lock = Key | 1;",
      );
      const verdict = judge();
      expect(verdict.status).toBe(1);
      expect(verdict.broken).toEqual(
        expect.arrayContaining(violations.map(([rule, file]) => `${rule}: ${file}`)),
      );
    },
  );

  function write(path: string, text: string) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }

  function judge() {
    const { status, stdout } = spawnSync(process.execPath, [script, tree], { encoding: 'utf8' });
    const broken = stdout.split('\n').flatMap((line) => /^[a-z-]+: \S+/.exec(line) ?? []);
    return { status, broken };
  }
});
