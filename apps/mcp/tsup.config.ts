import { defineConfig } from 'tsup';

// A program: nothing is imported from it.
export default defineConfig({
  entry: { index: 'src/main.ts' },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: false,
  clean: false,
});
