// What a user of escarp installs beside it: allowed licences, no install scripts, and a reason for each direct
// dependency, installed or bundled, in docs/dependencies.md. Reads only node_modules, so it works offline. --write renews the table.
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format } from 'oxfmt';
import { manifestOf, published, root } from './workspace.mjs';

const LICENCES = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Python-2.0',
]);
/** Allowed for these alone, and why. */
const LICENCES_BY_NAME = {
  // Weak copyleft, by file: what is bundled is unmodified, and its licence and source are named beside the bundle.
  '@novnc/novnc': 'MPL-2.0',
  // A font may be bundled with any software, as long as its licence comes along and it is not sold by itself.
  '@fontsource-variable/inter': 'OFL-1.1',
};
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];
const NO_REASON = 'REASON MISSING';

const page = join(root, 'docs/dependencies.md');
const bundled = bundledDependencies();
const direct = directDependencies();
const all = closure();
const written = existsSync(page) ? readFileSync(page, 'utf8') : '';
const text = await render(direct, bundled, reasonsIn(written));
if (process.argv.includes('--write')) writeFileSync(page, text);

const problems = [...all.values()].flatMap(faults);
if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
  problems.push('docs/dependencies.md is out of date: run node scripts/dependencies.mjs --write');
}
if (text.includes(NO_REASON)) problems.push('docs/dependencies.md has a dependency without a reason.');
for (const problem of problems) console.log(problem);
console.log(`${direct.length} direct, ${all.size} in all, ${problems.length} problems`);
if (problems.length > 0) process.exitCode = 1;

function directDependencies() {
  const users = new Map();
  for (const { folder, manifest } of published()) {
    for (const name of external(manifest)) {
      const found = locate(name, folder);
      const entry = users.get(name) ?? { name, manifest: manifestOf(found), usedBy: [] };
      entry.usedBy.push(manifest.name);
      users.set(name, entry);
    }
  }
  return [...users.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What the builds of the apps take in. */
function bundledDependencies() {
  return published().flatMap(({ folder, manifest: { name: user } }) => {
    const list = join(folder, 'build/bundled.json');
    if (!existsSync(list)) return [];
    return JSON.parse(readFileSync(list, 'utf8')).map((name) => {
      const found = locate(name, folder);
      return { name, folder: found, manifest: manifestOf(found), usedBy: [user] };
    });
  });
}

/** Everything reachable from the published packages and what they bundle, each name and version once. */
function closure() {
  const seen = new Map(bundled.map(({ folder, manifest }) => [folder, manifest]));
  const queue = [...published().map(({ folder }) => folder), ...seen.keys()];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    const manifest = manifestOf(folder);
    for (const name of external(manifest)) {
      const found = locate(name, folder, manifest.optionalDependencies?.[name] !== undefined);
      if (found === undefined || seen.has(found)) continue;
      seen.set(found, manifestOf(found));
      queue.push(found);
    }
  }
  return seen;
}

function external({ dependencies = {}, optionalDependencies = {} }) {
  return Object.entries({ ...dependencies, ...optionalDependencies })
    .filter(([, range]) => !range.startsWith('workspace:'))
    .map(([name]) => name);
}

/** Where Node would find `name` from `folder`. An optional one may be left out, for another platform's sake. */
function locate(name, folder, optional = false) {
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (at !== dirname(at)) continue;
    if (optional) return undefined;
    throw new Error(`${name}, wanted by ${folder}, is not installed.`);
  }
}

function faults({ name, version, scripts = {}, ...manifest }) {
  const found = [];
  const license = licenceOf(manifest);
  if (!isAllowed(license) && LICENCES_BY_NAME[name] !== license)
    found.push(`${name}@${version}: licence ${license || 'unknown'} is not allowed`);
  for (const script of INSTALL_SCRIPTS) {
    if (scripts[script]) found.push(`${name}@${version}: runs a script at install time (${script})`);
  }
  return found;
}

// Old packages have a list, from which the user may choose.
function licenceOf({ license, licenses = [] }) {
  return license ?? licenses.map(({ type }) => type).join(' OR ');
}

// "(MIT OR Apache-2.0)" offers a choice; "AND" would bind to both.
function isAllowed(license) {
  const parts = license.replaceAll(/[()]/g, '').split(' AND ');
  return parts.every((part) => part.split(' OR ').some((one) => LICENCES.has(one)));
}

function reasonsIn(markdown) {
  const rows = markdown.matchAll(/^\| `(.+?)` +\|.*\| (.+?) +\|$/gm);
  return new Map([...rows].map(([, name, reason]) => [name, reason.trim()]));
}

async function render(installed, built, reasons) {
  const rowsOf = (dependencies) =>
    dependencies.map(
      ({ name, manifest, usedBy }) =>
        `| \`${name}\` | ${manifest.version} | ${licenceOf(manifest)} | ${usedBy.join(', ')} | ${reasons.get(name) ?? NO_REASON} |`,
    );
  const markdown = `# Production dependencies

The packages that are installed with escarp, and why. The last column is written by hand, the others by
\`node scripts/dependencies.mjs --write\`. \`pnpm check\` compares this table with the manifests, allows only permissive
licences, direct and transitive, and refuses a dependency that runs a script at install time.

| package | version | licence | used by | why |
| --- | --- | --- | --- | --- |
${rowsOf(installed).join('\n')}

Most of these packages are bundled into the programs that use them, because many small files would make every start
slower ([ADR 29](adr/0029-programs-come-as-few-files.md)). A program installs only the packages that are native, that
the installation of a browser loads, or that edit other programs' settings.

The following packages are never installed: they are bundled into the command line, or into the dashboard, which a
browser loads. The licences of everything that is bundled are in each one's \`dist/bundled-licences.txt\`.

| package | version | licence | used by | why |
| --- | --- | --- | --- | --- |
${rowsOf(built).join('\n')}
`;
  return (await format(page, markdown)).code;
}
