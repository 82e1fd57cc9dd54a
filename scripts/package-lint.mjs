// Looks at each published package as a user would get it: packed by npm, read by publint and attw, weighed.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { inParallel, run } from './run.mjs';
import { published, tool } from './workspace.mjs';

/** What a package may weigh: the gzipped bytes of all JavaScript in its dist. */
const BYTES_MAX = { '@escarp/lease-registry': 16_000 };

const parcels = mkdtempSync(join(tmpdir(), 'escarp-parcels-'));
const problems = [];
try {
  await inParallel(2, published(), inspect);
} finally {
  rmSync(parcels, { recursive: true });
}
for (const problem of problems) console.log(problem);
if (problems.length > 0) process.exitCode = 1;

async function inspect({ folder, manifest }) {
  checkImports(folder, manifest);
  const parcel = await pack(folder);
  checkSize(folder, manifest.name, parcel.files);
  await checkManifest(join(parcels, parcel.filename), manifest.name);
  await checkTypes(join(parcels, parcel.filename), manifest.name);
}

// A package of ours that is only a development dependency would be built into the bundle, a second copy of its code.
function checkImports(folder, { name, dependencies = {} }) {
  const imported = sources(join(folder, 'src')).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/(?:from|import\() ?'(@escarp\/[a-z-]+)/g)].map(
      ([, found]) => found,
    ),
  );
  const undeclared = [...new Set(imported)].filter((found) => found !== name && !(found in dependencies));
  problems.push(
    ...undeclared.map((found) => `${name}: imports ${found}, which is not among its dependencies`),
  );
}

function sources(folder) {
  const entries = readdirSync(folder, { recursive: true });
  return entries.filter((entry) => entry.endsWith('.ts')).map((entry) => join(folder, entry));
}

async function pack(folder) {
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel', 'error', '--pack-destination', parcels];
  const [parcel] = JSON.parse(await run('npm', args, { cwd: folder }));
  return parcel;
}

function checkSize(folder, name, files) {
  const scripts = files.filter(({ path }) => path.startsWith('dist/') && path.endsWith('.js'));
  const bytes = scripts
    .map(({ path }) => gzipSync(readFileSync(join(folder, path))).length)
    .reduce((sum, length) => sum + length, 0);
  if (name in BYTES_MAX) console.log(`${name}: ${bytes} bytes gzipped, of at most ${BYTES_MAX[name]}`);
  if (bytes > (BYTES_MAX[name] ?? Infinity)) problems.push(`${name}: too large`);
}

async function checkManifest(parcel, name) {
  const data = readFileSync(parcel);
  const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  problems.push(...messages.map((message) => `${name}: ${formatMessage(message, pkg)}`));
}

async function checkTypes(parcel, name) {
  try {
    await run(tool('attw'), [parcel, '--profile', 'esm-only', '--no-emoji', '--no-color']);
  } catch (failure) {
    problems.push(`${name}: ${failure.output}`);
  }
}
