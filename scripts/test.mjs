// npm test, and what CI runs: every check, then every test, real browsers included. Ends with a line that counts.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { endLeftovers, untilGone } from './leftovers.mjs';
import {
  BROWSER_TESTS,
  browserTestFiles,
  COUNTING_TESTS,
  PATIENT_TESTS,
  UNIT_TESTS,
} from './kinds-of-test.mjs';
import { fail, run, say } from './run.mjs';
import { installSystemPackages } from './system-packages.mjs';
import { escarp, root, tool } from './workspace.mjs';

/** All tests that run at once have been seen to need 40 MB. */
const scratchBytes = 2e9;
const resultsFolder = join(root, '.cache/test-results');
// What one of the four runs of Vitest has translated the others need not. It is kept in Vitest's own place, and begun anew
// each time, because it does not know what a module's imports have become.
const shareModules = '--experimental.fsModuleCache';
const sharedModules = join(root, 'node_modules/.experimental-vitest-cache');
// Everything the tests start or write names this folder, so that what they leave behind can be found.
const scratch = mkdtempSync(join(scratchPlace(), 'esc-'));
// Some tests start programs as another user, who must get this far.
chmodSync(scratch, 0o755);
const env = { ...process.env, TMPDIR: scratch };
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, giveUp);

const seconds = {};
try {
  await timed('installing and building', () => bootstrap({ forTests: true }));
  await timed('system packages', installSystemPackages);
  await timed('finding a browser', () =>
    run(process.execPath, [escarp, 'install-browser'], { inherit: true }),
  );
} catch (error) {
  fail(error);
}

for (const folder of [resultsFolder, sharedModules]) rmSync(folder, { recursive: true, force: true });
const chosen = process.argv.slice(2);
const isWhole = chosen.length === 0;
const browserFiles = browserTestFiles();
// Two at a time, to keep the processors busy: tests wait for half of their time. The attacks are among them in their short form:
// all of them, each less often. In full they have a command of their own: pnpm attack.
const [[checked, ...patientTested], othersTested] = await Promise.all([
  oneByOne(check, patientTests, countingTests),
  oneByOne(() => vitest('unit', UNIT_TESTS), browserTests),
]);
const tested = [...patientTested, ...othersTested].every(Boolean);
await untilGone(scratch, 10_000);
const clean = reportLeftovers();
const total = count(tested && clean);
process.exitCode = checked && tested && clean ? 0 : 1;
if (!checked) say('pnpm check failed; its output stands above.');
for (const [what, took] of Object.entries(seconds)) say(`${String(took).padStart(6)} s  ${what}`);
console.log(`${total.passed} passed, ${total.failed} failed`);

// The test runner carries the mark like all it started.
function giveUp() {
  endLeftovers(scratch);
  rmSync(scratch, { recursive: true, force: true });
  process.exit(130);
}

// In memory where there is plenty: browsers make and delete thousands of files, which costs a disk's file system more
// processor time than the browsers' own work. Some tests start programs that they have written.
function scratchPlace() {
  const memory = '/dev/shm';
  const probe = join(memory, `esc-probe-${process.pid}`);
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < scratchBytes) return tmpdir();
    writeFileSync(probe, '#!/bin/sh\n', { mode: 0o700, flag: 'wx' });
    execFileSync(probe);
    return memory;
  } catch {
    return tmpdir();
  } finally {
    rmSync(probe, { force: true });
  }
}

async function oneByOne(...works) {
  const results = [];
  for (const work of works) results.push(await work());
  return results;
}

function check() {
  return timed('checks', () =>
    succeeds(process.execPath, [join(root, 'scripts/check.mjs'), '--skip', 'unit']),
  );
}

// Where files were chosen, they are few.
function browserTests() {
  return vitest('browser', [...BROWSER_TESTS, ...(isWhole ? browserFiles.others : [])]);
}

function patientTests() {
  return !isWhole || vitest('patient', [...PATIENT_TESTS, ...browserFiles.patient]);
}

function countingTests() {
  return !isWhole || vitest('counting', [...COUNTING_TESTS, ...browserFiles.counting]);
}

function vitest(kind, selection) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultsOf(kind)}`];
  return timed(`${kind} tests`, () =>
    succeeds(tool('vitest'), ['run', ...selection, shareModules, ...reporters, ...chosen]),
  );
}

/** What happens at once is listed by its end. */
async function timed(what, work) {
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    seconds[what] = Math.round((performance.now() - startedAt) / 1_000);
  }
}

function resultsOf(kind) {
  return join(resultsFolder, `${kind}.json`);
}

function succeeds(command, args) {
  return run(command, args, { inherit: true, env }).then(
    () => true,
    () => false,
  );
}

function reportLeftovers() {
  const processes = endLeftovers(scratch);
  for (const { pid, line } of processes) say(`left running, now ended: ${pid} ${line}`);
  const files = readdirSync(scratch);
  if (files.length > 0) say(`left in the temporary folder, now removed: ${files.join(' ')}`);
  rmSync(scratch, { recursive: true, force: true });
  return processes.length === 0;
}

// A file that could not even be loaded counts as one failure, and so does a run that ended without results.
function count(succeeded) {
  const reports = ['unit', 'browser', 'patient', 'counting'].map(readReport);
  const broken = reports
    .flatMap(({ testResults }) => testResults)
    .filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    );
  const failed = sum(reports.map(({ numFailedTests }) => numFailedTests)) + broken.length;
  const passed = sum(reports.map(({ numPassedTests }) => numPassedTests));
  return { passed, failed: succeeded ? failed : Math.max(failed, 1) };
}

function readReport(kind) {
  try {
    return JSON.parse(readFileSync(resultsOf(kind), 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  }
}

function sum(numbers) {
  return numbers.reduce((before, number) => before + number, 0);
}
