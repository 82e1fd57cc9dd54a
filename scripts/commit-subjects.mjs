// Checks the subjects of the commits in a range, such as origin/main..HEAD: `type(scope): what and why`. The scope is a
// package, an app or a folder of the repository, so that the log can be read by the part it changed.
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { fail } from './run.mjs';
import { members, root } from './workspace.mjs';

const TYPES = ['feat', 'fix', 'perf', 'refactor', 'test', 'docs', 'build', 'ci', 'chore', 'revert'];
const OTHER_SCOPES = [
  'repo',
  'bench',
  'e2e',
  'security',
  'identity',
  'scripts',
  'deps',
  'deps-dev',
  'release',
];
const LENGTH_MAX = 100;

const [range] = process.argv.slice(2);
if (range === undefined)
  fail(new Error('Say which commits: node scripts/commit-subjects.mjs origin/main..HEAD'));

const scopes = [...members().map(({ folder }) => basename(folder)), ...OTHER_SCOPES];
const pattern = new RegExp(`^(?:${TYPES.join('|')})\\((?:${scopes.join('|')})\\)!?: \\S`);
const subjects = execFileSync('git', ['log', '--no-merges', '--format=%h %s', range], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((line) => line !== '');
const wrong = subjects.filter((line) => {
  const subject = line.slice(line.indexOf(' ') + 1);
  return subject.length > LENGTH_MAX || !pattern.test(subject);
});

for (const line of wrong) console.log(line);
console.log(
  `${subjects.length} commits, ${wrong.length} with a subject that is not "type(scope): what and why"`,
);
if (wrong.length > 0) {
  console.log(`Types: ${TYPES.join(', ')}. Scopes: ${scopes.join(', ')}. At most ${LENGTH_MAX} characters.`);
  process.exitCode = 1;
}
