import { defineConfig } from 'tsup';

// What finds a state directory is an entry of its own: a command that only asks should not load the daemon.
export default defineConfig({
  entry: { index: 'src/index.ts', home: 'src/home.ts', 'pool-file': 'src/pool-file.ts' },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  dts: false,
  clean: false,
});
