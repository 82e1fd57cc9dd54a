import { cp } from 'node:fs/promises';
import { defineConfig } from 'tsup';

// Commands are chunks of their own, so that none pays for another's code.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  inject: ['src/shared-chunk.ts'],
  // Four files of a few lines each, which every table needs.
  noExternal: ['get-east-asian-width'],
  dts: false,
  clean: false,
  // `escarp docs` shows the pages of its own version.
  onSuccess: () => cp('../../docs', 'dist/docs', { recursive: true }),
});
