import { defineConfig } from 'tsup';
import type { Options } from 'tsup';

const program = { format: 'esm', target: 'node20', platform: 'node', dts: false } satisfies Options;

export default defineConfig([
  // Servers that are measured are processes of their own, so each is an entry.
  {
    ...program,
    entry: ['src/index.ts', 'src/programs/*.ts', '!src/programs/idle-yargs.ts'],
    clean: ['!programs/idle-yargs.js'],
    splitting: true,
    skipNodeModulesBundle: true,
  },
  // The rival of a command line on yargs: yargs in one file, as it comes, that does nothing.
  {
    ...program,
    entry: { 'programs/idle-yargs': 'src/programs/idle-yargs.ts' },
    clean: false,
    noExternal: ['yargs'],
  },
]);
