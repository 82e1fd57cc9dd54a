// Puts each mutant into a copy of the source, runs the tests on it, and requires that they fail.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutants } from './mutants.mjs';
import { say } from './say.mjs';

/** Many times what the tests take on the source as it is: a mutant may loop for ever, which no test can end. */
const endlessMs = 180_000;

/** Enough for every mutant that was ever seen; the whole suite runs, the long parts of it in short. */
const slice = { MODEL_STEPS: '6000', EXHAUSTIVE: '1x1 1x1:claims' };

/** @returns {Promise<boolean>} whether the unchanged source lives and every mutant dies; prints a table. */
export async function killMutants({ root, folder, chosen }) {
  const some = mutants.filter(({ name }) => chosen === undefined || name.includes(chosen));
  for (const mutant of some) mutate(join(folder, 'src'), mutant, () => {});
  const failure = await judge(root, folder, { name: 'the source as it is', edits: [] });
  if (failure !== undefined) throw new Error(`The source as it is fails its own tests: ${failure}`);
  const width = Math.max(...some.map(({ name }) => name.length));
  const queue = [...some];
  let killed = 0;
  const worker = async () => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const killer = await judge(root, folder, mutant);
      if (killer !== undefined) killed += 1;
      say(`${killer === undefined ? 'LIVES ' : 'killed'}  ${mutant.name.padEnd(width)}  ${killer ?? ''}`);
    }
  };
  await Promise.all([worker(), worker()]);
  say(`${killed} of ${some.length} mutants killed`);
  return killed === some.length;
}

/** The name of the first test that fails on a copy of the source with this mutant in it, or undefined. */
async function judge(root, folder, mutant) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const copy = mkdtempSync(join(root, '.cache/mutant-'));
  try {
    for (const part of ['src', 'test', 'README.md'])
      cpSync(join(folder, part), join(copy, part), { recursive: true });
    symlinkSync(join(folder, 'node_modules'), join(copy, 'node_modules'));
    writeFileSync(
      join(copy, 'vitest.config.mjs'),
      "export default { test: { include: ['test/**/*.test.ts'] } };",
    );
    mutate(join(copy, 'src'), mutant, writeFileSync);
    return await firstFailure(root, copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function mutate(src, { name, edits }, write) {
  for (const { file, from, to } of edits) {
    const text = readFileSync(join(src, file), 'utf8');
    if (text.split(from).length !== 2) throw new Error(`"${name}" no longer applies to ${file}: ${from}`);
    write(
      join(src, file),
      text.replace(from, () => to),
    );
  }
}

/** The name of the first test that fails, or that they never end; undefined when all pass. */
function firstFailure(root, copy) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [
    vitest,
    'run',
    '--root',
    copy,
    '--bail=1',
    '--reporter=verbose',
    '--no-color',
    '--testTimeout=60000',
  ];
  const env = { ...process.env, ...slice };
  // In a group of its own, because what loops is a worker of the runner.
  const child = spawn(process.execPath, args, {
    cwd: copy,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let isEndless = false;
  const timer = setTimeout(() => {
    isEndless = true;
    process.kill(-Number(child.pid), 'SIGKILL');
  }, endlessMs);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (isEndless) return resolve(`no end within ${endlessMs / 1_000} s`);
      const failed = /^ *FAIL +(.*)$/m.exec(output)?.[1];
      resolve(code === 0 ? undefined : (failed ?? output.slice(-400)));
    });
  });
}
