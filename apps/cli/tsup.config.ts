import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import bundled from './build/bundled.json' with { type: 'json' };
import { build } from '../../tsup.base.js';
import { bundledLicences } from '../../tsup.bundled-licences.js';

const replacement = (name: string): string => fileURLToPath(new URL(`build/${name}.cjs`, import.meta.url));

// Commands are chunks of their own, so that none pays for another's code.
export default build({
  // As node20, but for regular expressions with the flag v, which it has and which are then left as they are.
  target: 'es2024',
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  inject: ['src/shared-chunk.ts'],
  // They come as many small files, each of which every command would wait for.
  noExternal: bundled,
  esbuildPlugins: [bundledLicences('dist/bundled-licences.txt')],
  esbuildOptions(options) {
    // Also for yargs, which brings older copies of two of them.
    const names = ['string-width', 'wrap-ansi', 'assert'];
    options.alias = Object.fromEntries(names.map((name) => [name, replacement(name)]));
  },
  onSuccess: async () => {
    // `escarp docs` shows the pages of its own version.
    await cp('../../docs', 'dist/docs', { recursive: true });
  },
});
