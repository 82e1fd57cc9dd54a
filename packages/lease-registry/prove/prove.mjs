// pnpm prove: the long proofs of the lease registry. Every named mutant must be killed, every state of some small
// pools is visited, and the registry runs beside its naive twin for ten million steps.
//
//   --only mutants|exhaustive|model   one of the three     --mutant WORD   only mutants with this word
//   --steps N   steps in all (default 10000000)            --seed N        of the first life (default: random)
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killMutants } from './kill-mutants.mjs';
import { say } from './say.mjs';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(folder));
const option = { type: 'string' };
const { values } = parseArgs({
  options: { only: option, mutant: option, steps: option, seed: option, worlds: option },
});
const proofs = { mutants: proveMutants, exhaustive: proveExhaustively, model: proveByModel };
const chosen = values.only === undefined ? Object.keys(proofs) : [String(values.only)];

let proven = true;
for (const name of chosen) {
  if (!(name in proofs)) throw new Error(`There is no proof "${name}".`);
  const startedAt = Date.now();
  const held = await proofs[name]();
  say(`${held ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - startedAt) / 1000).toFixed(0)} s)\n`);
  proven &&= held;
}
process.exitCode = proven ? 0 : 1;

function proveMutants() {
  return killMutants({ root, folder, chosen: values.mutant });
}

function proveExhaustively() {
  return runTest('exhaustive.test.ts', { EXHAUSTIVE: values.worlds ?? '1x3 2x1 2x2:claims 1x2:people' });
}

/** Two processes, because lives are independent and a machine has at least two cores. */
async function proveByModel() {
  const steps = Number(values.steps ?? 10_000_000);
  const seed = Number(values.seed ?? randomInt(1_000_000_000));
  say(`${steps} steps from seed ${seed}; again with --only model --steps ${steps} --seed ${seed}`);
  const half = Math.ceil(steps / 2);
  const run = (from) => runTest('model.test.ts', { MODEL_STEPS: String(half), MODEL_SEED: String(from) });
  const held = await Promise.all([run(seed), run(seed + half)]);
  return held.every(Boolean);
}

function runTest(file, env) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--project', 'lease-registry', file, '--reporter=verbose', '--no-color'];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.on('close', (code) => resolve(code === 0)));
}
