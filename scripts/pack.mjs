// npm run pack: the packages as they would be published, for installing them on this machine or another.
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { packInto } from './packed.mjs';
import { fail, run, withProgress } from './run.mjs';
import { published, root, tsc } from './workspace.mjs';

const folder = process.argv[2] ?? join(root, '.cache/packages');

try {
  await bootstrap();
  await withProgress('declarations', () => run(tsc, ['-b', 'tsconfig.build.json'], { cwd: root }));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { length } = await withProgress(`packing ${published().length} packages`, () => packInto(folder));
  console.log(
    `${length} packages. Install them with: npm install --global ${relative(process.cwd(), folder) || '.'}/*.tgz`,
  );
} catch (error) {
  fail(error);
}
