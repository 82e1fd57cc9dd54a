import { defineConfig } from 'tsup';

// The wire is an entry of its own: the dashboard's bundle takes it in without the server. Declarations come from `tsc -b`.
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'journal/index': 'src/journal/index.ts',
    'wire/index': 'src/wire/index.ts',
  },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: false,
  // Cleaning would remove the declarations as well, and `tsc -b` would not notice that they are gone.
  clean: false,
  sourcemap: false,
});
