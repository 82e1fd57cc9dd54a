// Looks at each published package as a user would get it: packed, read by publint and Are the types wrong?, weighed.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packInto } from './packed.mjs';
import { isProgram } from './workspace.mjs';

/** What a package may weigh: the gzipped bytes of all JavaScript in its dist. */
const BYTES_MAX = { '@escarp/lease-registry': 16_000 };

/** Published are modules alone, so that how `require` finds their types does not matter. */
const RESOLUTIONS = new Set(['node16-esm', 'bundler']);

const parcels = mkdtempSync(join(tmpdir(), 'escarp-parcels-'));
const problems = [];
try {
  for (const parcel of await packInto(parcels)) await inspect(parcel);
} finally {
  rmSync(parcels, { recursive: true });
}
for (const problem of problems) console.log(problem);
if (problems.length > 0) process.exitCode = 1;

async function inspect({ folder, manifest, tarball }) {
  const data = readFileSync(tarball);
  const parcel = createPackageFromTarballData(data);
  checkImports(folder, manifest);
  if (!parcel.fileExists(pathIn(manifest, 'README.md'))) problems.push(`${manifest.name}: has no README.md`);
  checkSize(manifest, parcel);
  await checkManifest(data, manifest.name);
  await checkTypes(parcel, manifest.name);
}

function pathIn({ name }, path) {
  return `/node_modules/${name}/${path}`;
}

// What is only a development dependency is built into the bundle. For a program that is the purpose; for a package it would be
// a second copy of code.
function checkImports(folder, manifest) {
  const { name, dependencies = {}, devDependencies = {} } = manifest;
  const [wanted, kind] = isProgram({ manifest })
    ? [devDependencies, 'development dependencies']
    : [dependencies, 'dependencies'];
  const imported = sources(join(folder, 'src')).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/(?:from|import\() ?'(@escarp\/[a-z-]+)/g)].map(
      ([, found]) => found,
    ),
  );
  const undeclared = [...new Set(imported)].filter((found) => found !== name && !(found in wanted));
  problems.push(...undeclared.map((found) => `${name}: imports ${found}, which is not among its ${kind}`));
}

function sources(folder) {
  const entries = readdirSync(folder, { recursive: true });
  return entries.filter((entry) => entry.endsWith('.ts')).map((entry) => join(folder, entry));
}

function checkSize(manifest, parcel) {
  const { name } = manifest;
  if (!(name in BYTES_MAX)) return;
  const scripts = parcel.listFiles(pathIn(manifest, 'dist')).filter((path) => path.endsWith('.js'));
  const bytes = scripts
    .map((path) => gzipSync(parcel.readFile(path)).length)
    .reduce((sum, length) => sum + length, 0);
  console.log(`${name}: ${bytes} bytes gzipped, of at most ${BYTES_MAX[name]}`);
  if (bytes > BYTES_MAX[name]) problems.push(`${name}: too large`);
}

async function checkManifest(tarball, name) {
  const { buffer, byteOffset, byteLength } = tarball;
  const data = buffer.slice(byteOffset, byteOffset + byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true });
  problems.push(...messages.map((message) => `${name}: ${formatMessage(message, pkg)}`));
}

async function checkTypes(parcel, name) {
  const { types, problems: found = [] } = await checkPackage(parcel);
  if (!types) return;
  const relevant = found.filter(
    ({ resolutionKind }) => resolutionKind === undefined || RESOLUTIONS.has(resolutionKind),
  );
  problems.push(...relevant.map((problem) => `${name}: ${JSON.stringify({ ...problem, trace: undefined })}`));
}
