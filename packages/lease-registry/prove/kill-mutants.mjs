// Puts each mutant into a copy of the source, runs the tests on it, and requires that they fail.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutants } from './mutants.mjs';
import { say } from './say.mjs';

/** Enough for every mutant that was ever seen; the whole suite runs, the long parts of it in short. */
const slice = { MODEL_STEPS: '6000', EXHAUSTIVE: '1x1' };

/** @returns {Promise<boolean>} whether the unchanged source lives and every mutant dies; prints a table. */
export async function killMutants({ root, folder, chosen }) {
  const some = mutants.filter(({ name }) => chosen === undefined || name.includes(chosen));
  for (const mutant of some) mutate(join(folder, 'src'), mutant, () => {});
  const sound = await judge(root, folder, { name: 'the source as it is', edits: [] });
  if (sound.failure !== undefined) return report([{ ...sound, ok: false }]);
  const rows = [];
  const queue = [...some];
  const worker = async () => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const judged = await judge(root, folder, mutant);
      rows.push({ ...judged, ok: judged.failure !== undefined });
    }
  };
  await Promise.all([worker(), worker()]);
  return report(some.map(({ name }) => rows.find((row) => row.name === name)));
}

function report(rows) {
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, ok, failure } of rows) {
    say(`${ok ? 'killed ' : 'LIVES  '} ${name.padEnd(width)}  ${failure ?? ''}`);
  }
  say(`${rows.filter(({ ok }) => ok).length} of ${rows.length} mutants killed`);
  return rows.every(({ ok }) => ok);
}

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
    return { name: mutant.name, failure: await firstFailure(root, copy) };
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

/** The name of the first test that fails, or undefined. */
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
  const child = spawn(process.execPath, args, { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const failed = /^ *FAIL +(.*)$/m.exec(output)?.[1];
      resolve(code === 0 ? undefined : (failed ?? output.slice(-400)));
    });
  });
}
