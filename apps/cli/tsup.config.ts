import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildProgram } from '../../tsup.program.js';

const replacement = (name: string): string => fileURLToPath(new URL(`build/${name}.cjs`, import.meta.url));

// Commands are chunks of their own, so that none pays for another's code.
export default buildProgram({
  entry: {
    index: 'src/index.ts',
    // A program that the endpoint for test runners starts by its path.
    program: '../../packages/playwright-endpoint/src/program.ts',
  },
  inject: ['src/shared-chunk.ts'],
  external: ['modern-tar'],
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
