import { defineConfig } from 'tsup';

// What every command asks as it starts is an entry of its own, which does not load what starts processes.
export default defineConfig({
  entry: { index: 'src/index.ts', hangups: 'src/hangups.ts' },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: false,
  clean: false,
});
