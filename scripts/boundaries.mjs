// Who may import whom: .dependency-cruiser.cjs applied to the tree in ROOT (default: this checkout).
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { fail } from './run.mjs';
import { root } from './workspace.mjs';

// A cruise that sees nothing finds nothing wrong; under an unsupported TypeScript it sees nothing.
const MODULES_MIN = 750;

const tree = process.argv[2] ?? root;
const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const result = await look().catch(fail);

for (const { rule, from, to } of result.violations) console.log(`${rule.name}: ${from} -> ${to}`);
console.log(`${result.totalCruised} modules, ${result.violations.length} violations`);
if (result.violations.length > 0) process.exitCode = 1;
if (tree === root && result.totalCruised < MODULES_MIN) {
  fail(new Error(`Only ${result.totalCruised} modules were seen; there are at least ${MODULES_MIN}.`));
}

async function look() {
  const folders = ['packages', 'apps', 'bench', 'e2e'].filter((name) => existsSync(join(tree, name)));
  const tsConfig = extractTSConfig(join(root, options.tsConfig.fileName));
  const { output } = await cruise(
    folders,
    { ...options, baseDir: tree, validate: true, ruleSet: { forbidden } },
    options.enhancedResolveOptions,
    { tsConfig },
  );
  return output.summary;
}
