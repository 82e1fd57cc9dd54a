import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly repository?: string | { readonly url: string };
}

/** Licences of packages that are published without theirs. */
const keptHere: Readonly<Record<string, string>> = {
  '@puppeteer/browsers': '../../packages/slot-pool/licenses/puppeteer-browsers.txt',
};

/**
 * Writes the licences of all that was bundled into one file: each asks to go with its code. It names the source too,
 * which the Mozilla Public License asks for.
 */
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
  const { name, version, repository }: Manifest = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const files = name in keptHere ? [keptHere[name] ?? ''] : await licenceFiles(folder);
  if (files.length === 0) throw new Error(`${name} comes without its licence.`);
  const source = typeof repository === 'string' ? repository : repository?.url;
  const texts = await Promise.all(files.map((one) => readFile(one, 'utf8')));
  return [`${name} ${version}${source === undefined ? '' : `, source: ${source}`}`, ...texts].join('\n\n');
}

// noVNC keeps the full text in its docs, and the licence of what it contains beside that.
async function licenceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((path) => /^(?:docs\/|vendor\/\w+\/)?licen[cs]e/i.test(path) && !path.includes('node_modules'))
    .toSorted()
    .map((path) => join(folder, path));
}
