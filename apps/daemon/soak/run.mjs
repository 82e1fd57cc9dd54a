// The long forms of two tests. `soak [--cycles N]` leases and resets N times (default 1,000); `crash-matrix [--short]`
// strikes every victim in every phase with every signal. Both print a table and fail if something was left behind.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cycles: { type: 'string', default: '1000' }, short: { type: 'boolean', default: false } },
});
const environments = {
  soak: { ESCARP_SOAK_CYCLES: values.cycles },
  'crash-matrix': values.short ? {} : { ESCARP_CRASH_MATRIX: 'whole' },
};
const [test = ''] = positionals;
const changes = environments[test];
if (changes === undefined || !/^[1-9]\d*$/.test(values.cycles)) {
  process.stderr.write('usage: run.mjs soak [--cycles N] | crash-matrix [--short]\n');
  process.exit(2);
}

const vitest = spawn('npx', ['vitest', 'run', '--project', 'daemon', `test/${test}.test.ts`], {
  cwd: new URL('../../..', import.meta.url),
  stdio: 'inherit',
  env: { ...process.env, ...changes },
});
vitest.once('exit', (code) => process.exit(code ?? 1));
