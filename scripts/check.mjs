// Everything about the repository that can be judged without a browser. `--only NAME` and `--skip NAME` choose
// steps, and may be repeated.
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.mjs';
import { UNIT_TESTS } from './kinds-of-test.mjs';
import { fail, inParallel, run, seconds } from './run.mjs';
import { root, tool, tsc } from './workspace.mjs';

/** In the order they start, two at a time. A step waits for the one it names in `after`. */
const STEPS = [
  { name: 'types', command: [tsc, '-b', '--pretty', 'false'] },
  { name: 'packages', command: script('package-lint'), after: 'types' },
  { name: 'unit', command: [tool('vitest'), 'run', ...UNIT_TESTS, '--reporter=agent'] },
  { name: 'unused', command: [tool('knip'), '--no-config-hints'] },
  { name: 'duplicates', command: [tool('jscpd')] },
  { name: 'boundaries', command: script('boundaries') },
  // Where no declarations have been built yet, it would see other types, or none.
  { name: 'lint', command: [tool('oxlint'), '--type-aware'], after: 'types' },
  { name: 'format', command: [tool('oxfmt'), '--list-different', '.'] },
  { name: 'dependencies', command: script('dependencies') },
  { name: 'docs', command: script('generated-docs') },
  { name: 'api', command: [...script('api-docs'), '--check'] },
];

const startedAt = Date.now();
const steps = chooseSteps();
const running = new Map();
const failed = [];

await attempt('build', () => bootstrap({ forTests: true }));
await inParallel(2, steps, (step) => {
  running.set(step.name, perform(step));
  return running.get(step.name);
});
console.log(
  `${failed.length === 0 ? 'all passed' : `failed: ${failed.join(', ')}`} in ${seconds(startedAt)}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function script(name) {
  return [process.execPath, `${root}/scripts/${name}.mjs`];
}

function chooseSteps() {
  const list = { type: 'string', multiple: true, default: [] };
  const { only, skip } = parseArgs({ options: { only: list, skip: list } }).values;
  const known = STEPS.map(({ name }) => name);
  const unknown = [only, skip].flat().find((name) => !known.includes(name));
  if (unknown) fail(new Error(`There is no step "${unknown}"; there are ${known.join(', ')}.`));
  return STEPS.filter(({ name }) => !skip.includes(name) && (only.length === 0 || only.includes(name)));
}

async function perform({ name, command: [file, ...args], after }) {
  await running.get(after);
  await attempt(name, () => run(file, args, { env: { ...process.env, NO_COLOR: '1' } }));
}

async function attempt(name, work) {
  const stepStartedAt = Date.now();
  const failure = await work().then(
    () => undefined,
    (error) => error,
  );
  console.log(`${failure ? 'FAIL ' : 'ok   '} ${name.padEnd(13)} ${seconds(stepStartedAt)}`);
  if (!failure) return;
  failed.push(name);
  console.log(`${(failure.output ?? failure.message).trimEnd()}\n`);
}
