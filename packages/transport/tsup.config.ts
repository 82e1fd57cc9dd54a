import { build } from '../../tsup.base.js';

// The client and MCP are entries of their own: a command that only asks should not load a server or the MCP SDK.
export default build({
  entry: { index: 'src/index.ts', client: 'src/client.ts', 'mcp/index': 'src/mcp/index.ts' },
  // In one chunk with what it shares with the other entries: another file to load costs more than its code.
  inject: ['src/client.ts'],
});
