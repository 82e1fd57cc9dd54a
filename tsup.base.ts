import { defineConfig } from 'tsup';

// JavaScript only: declarations come from `tsc -b`, which checks them as it writes them.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: false,
  // Cleaning would take the declarations along, which tsc then believes to be there.
  clean: false,
  sourcemap: false,
});
