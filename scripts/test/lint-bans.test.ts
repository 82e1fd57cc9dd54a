import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a file in that place may not say. */
type Banned = [rule: string, file: string, text: string];

const banned: Banned[] = [
  ['no-restricted-globals', 'packages/lease-registry/src/date.ts', 'export const at = new Date();'],
  ['no-restricted-globals', 'packages/lease-registry/src/timer.ts', 'setTimeout(() => {}, 1);'],
  ['no-restricted-properties', 'packages/lease-registry/src/dice.ts', 'export const roll = Math.random();'],
  ['no-restricted-properties', 'packages/slot-pool/src/clock.ts', 'export const at = Date.now();'],
  ['no-restricted-properties', 'packages/slot-pool/src/home.ts', "export const home = process.env['HOME'];"],
  ['no-restricted-properties', 'packages/slot-pool/src/end.ts', 'process.exit(1);'],
  [
    'no-restricted-properties',
    'packages/slot-pool/src/os.ts',
    "import os from 'node:os';\nexport const home = os.homedir();",
  ],
  [
    'no-restricted-imports',
    'packages/slot-pool/src/id.ts',
    "import { randomUUID } from 'node:crypto';\nexport const id = randomUUID();",
  ],
  [
    'no-restricted-imports',
    'packages/slot-pool/src/user.ts',
    "import { homedir } from 'node:os';\nexport const home = homedir();",
  ],
  ...(
    [
      [
        'packages/slot-pool/src/rm.ts',
        "import { rm } from 'node:fs/promises';\nexport const gone = rm('a');",
      ],
      [
        'packages/broker/src/open.ts',
        "import { openSync } from 'node:fs';\nexport const fd = openSync('a', 'w');",
      ],
      ['packages/os-identity/src/all.ts', "import * as files from 'node:fs';\nexport const f = files;"],
      [
        'packages/os-identity/src/bare.ts',
        "import { writeFile } from 'fs/promises';\nexport const w = writeFile;",
      ],
      ['packages/broker/src/promises.ts', "import { promises } from 'node:fs';\nexport const p = promises;"],
      [
        'apps/cli/src/mode.ts',
        "import { chmod } from 'node:fs/promises';\nexport const m = chmod('a', 0o777);",
      ],
      ['apps/daemon/src/default.ts', "import files from 'node:fs';\nexport const f = files;"],
    ] as const
  ).map(([file, text]): [string, string, string] => ['no-restricted-imports', file, text]),
  ...['node:child_process', 'child_process', 'execa'].flatMap((name, index) =>
    ['packages/slot-pool', 'packages/child-process', 'apps/cli'].map((folder): Banned => [
      'no-restricted-imports',
      `${folder}/src/start-${index}.ts`,
      `export * as processes from '${name}';`,
    ]),
  ),
  ['no-console', 'apps/daemon/src/print.ts', "console.log('hello');"],
  ['max-lines', 'apps/daemon/src/long.ts', 'export {};\n'.repeat(301)],
];

const allowed: [file: string, text: string][] = [
  ['packages/owned-files/src/remove.ts', "export { rm } from 'node:fs/promises';"],
  ['packages/slot-pool/src/read.ts', "export { lstat, readFile } from 'node:fs/promises';"],
  ['apps/daemon/src/clock.ts', 'export const at = Date.now();'],
  ['packages/slot-pool/src/digest.ts', "export { createHash } from 'node:crypto';"],
  ['packages/child-process/src/start-process.ts', "export { spawn } from 'node:child_process';"],
  ['packages/slot-pool/src/port.ts', 'export const later = (now: () => number) => now() + 1;'],
];

describe('the lint bans', () => {
  let tree: string;
  let found: string[];
  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'lint-'));
    const files = new Map([...allowed, ...banned.map(([, ...file]) => file)]);
    for (const [file, text] of files) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), text);
    }
    found = lint();
  });
  afterAll(() => rmSync(tree, { recursive: true }));

  it.each(banned)('%s fires in %s', (rule, file) => {
    expect(found).toContain(`${file} ${rule}`);
  });

  it.each(allowed)('%s passes', (file) => {
    expect(found.filter((line) => line.startsWith(`${file} `))).toEqual([]);
  });

  // Overrides match paths relative to the configuration file, so the file is copied beside the tree.
  function lint() {
    const config = join(tree, '.oxlintrc.json');
    copyFileSync(join(root, '.oxlintrc.json'), config);
    const oxlint = join(root, 'node_modules/.bin/oxlint');
    const { stdout } = spawnSync(oxlint, ['-c', config, '--format', 'json'], { cwd: tree, encoding: 'utf8' });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    return diagnostics.map(({ code, filename }) => `${filename} ${/\((.+)\)/.exec(code)?.[1]}`);
  }
});
