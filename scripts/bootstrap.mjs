// Makes a fresh clone usable with nothing but Node and npm: dependencies, then the JavaScript build.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, inParallel, run, withProgress } from './run.mjs';
import { isProgram, members, pnpm, root, tool } from './workspace.mjs';

const MINIMUM_NODE = [20, 19];

/**
 * Installs and builds what is missing or out of date; silent when nothing is. To run escarp takes less than to test it:
 * what only the tests need includes the command lines of other vendors, hundreds of megabytes of them.
 */
export async function bootstrap({ forTests = false } = {}) {
  requireNode();
  if (!dependenciesAreCurrent(forTests)) {
    await withProgress('installing dependencies', () => installDependencies(forTests));
  }
  const stale = staleMembers();
  if (stale.length === 0) return;
  const names = stale.map(({ folder }) => basename(folder)).join(', ');
  await withProgress(`building ${names}`, () => buildAll(stale));
}

// Each after those it depends on, because a build may take the code of another package into its bundle.
async function buildAll(stale) {
  const started = new Map();
  await inParallel(2, dependenciesFirst(stale), (member) => {
    const needed = workspaceDependencies(member).map((name) => started.get(name));
    started.set(
      member.manifest.name,
      Promise.all(needed).then(() => build(member)),
    );
    return started.get(member.manifest.name);
  });
}

function dependenciesFirst(list) {
  const byName = new Map(list.map((member) => [member.manifest.name, member]));
  const ordered = new Set();
  const visit = (member) => {
    byName.delete(member.manifest.name);
    for (const name of workspaceDependencies(member)) if (byName.has(name)) visit(byName.get(name));
    ordered.add(member);
  };
  for (const member of list) if (byName.has(member.manifest.name)) visit(member);
  return [...ordered];
}

const workspaceDependencies = ({ manifest }) =>
  Object.entries(manifest.dependencies ?? {})
    .filter(([, version]) => version.startsWith('workspace:'))
    .map(([name]) => name);

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = MINIMUM_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new Error(
    `escarp needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`,
  );
}

// What was installed last: the lockfile, and for what.
const installed = join(root, 'node_modules/.installed.json');

function dependenciesAreCurrent(forTests) {
  if (!existsSync(installed)) return false;
  const { lockfile, tests } = JSON.parse(readFileSync(installed, 'utf8'));
  return lockfile === digestOfLockfile() && (tests || !forTests);
}

// CI=true keeps pnpm from asking whether it may replace an older node_modules.
async function installDependencies(forTests) {
  const selection = forTests ? [] : ['--filter', '!@escarp/e2e', '--filter', '!@escarp/bench'];
  await run('npx', ['--yes', pnpm(), ...selection, 'install', '--frozen-lockfile'], {
    env: { ...process.env, CI: 'true' },
  });
  writeFileSync(installed, JSON.stringify({ lockfile: digestOfLockfile(), tests: forTests }));
}

function digestOfLockfile() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
}

function staleMembers() {
  const all = members();
  const byName = new Map(all.map((member) => [member.manifest.name, member]));
  return all.filter((member) => isStale(member, byName));
}

function isStale(member, byName) {
  const { folder } = member;
  if (!existsSync(join(folder, 'tsup.config.ts'))) return false;
  const built = join(folder, 'dist/index.js');
  if (!existsSync(built)) return true;
  const inputs = isProgram(member)
    ? [...withBundled(member, byName)].flatMap((each) => inputsOf(each.folder))
    : inputsOf(folder);
  const shared = readdirSync(root).filter((name) => name.startsWith('tsup.'));
  return newest([...inputs, ...shared.map((name) => join(root, name))]) > statSync(built).mtimeMs;
}

/** A program, and the packages whose code its build takes in. */
function withBundled(program, byName) {
  const found = new Set([program]);
  for (const { manifest } of found) {
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
      const member = byName.get(name);
      if (member !== undefined && !member.manifest.private && !isProgram(member)) found.add(member);
    }
  }
  return found;
}

const inputsOf = (folder) =>
  ['src', 'build', 'package.json', 'tsup.config.ts']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path));

// Folders count too: removing a file changes nothing but the time of its folder.
function newest(paths) {
  const times = paths.map((path) => {
    const stat = statSync(path);
    if (!stat.isDirectory()) return stat.mtimeMs;
    return Math.max(stat.mtimeMs, newest(readdirSync(path).map((name) => join(path, name))));
  });
  return Math.max(0, ...times);
}

// The result is dated at the start of the build, so that a file saved meanwhile is seen as newer.
async function build({ folder }) {
  const startedAt = new Date();
  await run(tool('tsup'), [], { cwd: folder });
  utimesSync(join(folder, 'dist/index.js'), startedAt, startedAt);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bootstrap({ forTests: true }).catch(fail);
