import { defineConfig } from 'tsup';

// JavaScript only: declarations come from `tsc -b`, which checks them as it writes them.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: false,
  clean: ['dist/*.js'],
  sourcemap: false,
});
