import { defineConfig } from 'tsup';

// The client and MCP are entries of their own: a command that only asks should not load a server or the MCP SDK.
// Declarations come from `tsc -b`.
export default defineConfig({
  entry: { index: 'src/index.ts', client: 'src/client.ts', 'mcp/index': 'src/mcp/index.ts' },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  // In one chunk with what the other entries share with it: a file more to load costs more than its code.
  inject: ['src/client.ts'],
  dts: false,
  // Cleaning would remove the declarations as well, and `tsc -b` would not notice that they are gone.
  clean: false,
  sourcemap: false,
});
