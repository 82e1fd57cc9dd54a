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
  // Four files of a few lines each, which every table needs. Its licence asks to go with it.
  noExternal: ['get-east-asian-width'],
  dts: false,
  clean: false,
  onSuccess: async () => {
    // `escarp docs` shows the pages of its own version.
    await cp('../../docs', 'dist/docs', { recursive: true });
    await cp('node_modules/get-east-asian-width/license', 'dist/get-east-asian-width.license');
  },
});
