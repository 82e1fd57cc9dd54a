import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  // It asks for a newer Node than it needs, which keeps npm from installing escarp on Node 20 where engines are checked
  // strictly. Its licence is in the folder `licenses`.
  noExternal: ['@puppeteer/browsers'],
  // Loaded by it when they are needed. Two are dependencies; the others are for browsers that are not installed.
  external: ['yauzl', 'proxy-agent', 'modern-tar', 'yargs'],
  dts: false,
  clean: false,
  sourcemap: false,
});
