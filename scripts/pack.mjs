// npm run pack: the packages as they would be published, for installing them on this machine or another.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { fail, run, withProgress } from './run.mjs';
import { manifestOf, published, root, tsc } from './workspace.mjs';

const folder = process.argv[2] ?? join(root, '.cache/packages');

try {
  await bootstrap();
  await withProgress('declarations', () => run(tsc, ['-b', 'tsconfig.build.json'], { cwd: root }));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pnpm = manifestOf(root).packageManager.split('+')[0];
  const filters = published().flatMap(({ manifest }) => ['--filter', manifest.name]);
  await withProgress(`packing ${filters.length / 2} packages`, () =>
    run('npx', ['--yes', pnpm, '--recursive', ...filters, 'pack', '--pack-destination', folder]),
  );
  const count = readdirSync(folder).filter((name) => name.endsWith('.tgz')).length;
  console.log(
    `${count} packages. Install them with: npm install --global ${relative(process.cwd(), folder) || '.'}/*.tgz`,
  );
} catch (error) {
  fail(error);
}
