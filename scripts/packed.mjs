import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { pnpm, published } from './workspace.mjs';

/**
 * Packs every published package into an existing folder, as the release does. All at once: npm takes three times as long.
 *
 * @returns {Promise<{ folder: string, manifest: any, tarball: string }[]>} each with the path of what was packed.
 */
export async function packInto(parcels) {
  const packages = published();
  const filters = packages.flatMap(({ manifest }) => ['--filter', manifest.name]);
  await run('npx', ['--yes', pnpm(), '--recursive', ...filters, 'pack', '--pack-destination', parcels]);
  return packages.map(({ folder, manifest }) => ({ folder, manifest, tarball: packedAs(parcels, manifest) }));
}

function packedAs(parcels, { name, version }) {
  const tarball = join(parcels, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (!existsSync(tarball)) throw new Error(`${name} was not packed as ${tarball}.`);
  return tarball;
}
