import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import bundled from './build/bundled.json' with { type: 'json' };
import { build } from '../../tsup.base.js';
import { bundledLicences } from '../../tsup.bundled-licences.js';

const replacement = (name: string): string => fileURLToPath(new URL(`build/${name}.cjs`, import.meta.url));

// Commands are chunks of their own, so that none pays for another's code.
export default build({
  // Regular expressions with the flag v are newer, so they are written as `new RegExp` and made when the code that has them
  // runs. V8 compiles literal ones with the file that they are in, which for string-width's takes 9 ms of every command.
  target: 'es2023',
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  inject: ['src/shared-chunk.ts'],
  // They come as many small files, each of which every command would wait for.
  noExternal: bundled,
  esbuildPlugins: [bundledLicences('dist/bundled-licences.txt')],
  esbuildOptions(options) {
    // Also for yargs, which brings older copies of them.
    const names = ['string-width', 'wrap-ansi'];
    options.alias = Object.fromEntries(names.map((name) => [name, replacement(name)]));
  },
  onSuccess: async () => {
    // `escarp docs` shows the pages of its own version.
    await cp('../../docs', 'dist/docs', { recursive: true });
  },
});
