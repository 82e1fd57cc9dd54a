import { defineConfig } from 'tsup';

// Servers that are measured are processes of their own, so each is an entry.
export default defineConfig({
  entry: ['src/index.ts', 'src/programs/*.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: false,
  clean: true,
  splitting: true,
  skipNodeModulesBundle: true,
});
