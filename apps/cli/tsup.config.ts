import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';

const bundled = ['yargs', 'string-width', 'wrap-ansi', 'leven'];
const entryOf = (name: string): string => fileURLToPath(import.meta.resolve(name));

// Commands are chunks of their own, so that none pays for another's code.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  inject: ['src/shared-chunk.ts', 'src/lazy-segmenter.ts'],
  define: { 'Intl.Segmenter': 'LazySegmenter' },
  // They come with many small files, each of which every command would wait for.
  noExternal: bundled,
  esbuildOptions(options) {
    // yargs and what it uses bring older copies of these.
    options.alias = { 'string-width': entryOf('string-width'), 'wrap-ansi': entryOf('wrap-ansi') };
  },
  dts: false,
  clean: false,
  onSuccess: async () => {
    // `escarp docs` shows the pages of its own version.
    await cp('../../docs', 'dist/docs', { recursive: true });
  },
});
