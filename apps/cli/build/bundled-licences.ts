import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** Writes the licences of all that was bundled into one file: each asks to go with its code. */
export const bundledLicences = (file: string): Plugin => ({
  name: 'bundled-licences',
  setup(build) {
    build.onEnd(async ({ metafile }) => {
      const folders = new Set(Object.keys(metafile?.inputs ?? {}).flatMap(packageFolder));
      const texts = await Promise.all([...folders].toSorted().map(licenceOf));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, texts.join('\n\n'));
    });
  },
});

/** The innermost package that a path lies in, if it is not one of ours. */
function packageFolder(path: string): string[] {
  const [folder] = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
  return folder === undefined ? [] : [folder];
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version }: { name: string; version: string } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
  if (file === undefined) throw new Error(`${name} comes without its licence.`);
  return `${name} ${version}\n\n${await readFile(join(folder, file), 'utf8')}`;
}
