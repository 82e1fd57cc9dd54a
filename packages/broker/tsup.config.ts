import { defineConfig } from 'tsup';

// What finds a state directory is an entry of its own: a command that only asks should not load the broker.
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    home: 'src/home.ts',
    assembly: 'src/assembly/index.ts',
    'pool-file': 'src/state-directory/pool-file.ts',
  },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  // In one chunk with what the other entries share with it: a file more to load costs more than its code.
  inject: ['src/home.ts'],
  dts: false,
  clean: false,
});
