// A page server as others write them: an MCP server over stdio that is told an address, with a tool for each behaviour.
import { Server } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';

const [address] = process.argv.slice(2);
const inputSchema = { type: 'object', properties: { text: { type: 'string' } } };
const reads = { readOnlyHint: true };
let more = [];
let calls = 0;

const server = new Server(
  { name: 'pages', version: '3' },
  { capabilities: { tools: { listChanged: true } } },
);
server.setRequestHandler('tools/list', () => ({
  tools: [
    { name: 'look', inputSchema, annotations: reads },
    { name: 'die', inputSchema },
    { name: 'die_looking', inputSchema, annotations: reads },
    { name: 'grow', inputSchema },
    { name: 'wait', inputSchema },
    ...more,
  ],
}));

const answers = {
  look: ({ arguments: args }) => ({
    content: [
      { type: 'text', text: `${address} ${args.text ?? ''} ${++calls} ${process.pid}` },
      { type: 'image', data: 'aGVsbG8=', mimeType: 'image/png' },
    ],
    _meta: { 'example.org/own': true },
  }),
  die: () => process.exit(7),
  die_looking: () => process.exit(8),
  grow: async () => {
    more = [{ name: 'grown', inputSchema }];
    await server.sendToolListChanged();
    return { content: [] };
  },
  wait: async ({ _meta: meta }, { mcpReq: { notify, signal } }) => {
    await notify({
      method: 'notifications/progress',
      params: { progressToken: meta.progressToken, progress: 3, total: 4, message: 'three of four' },
    });
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    process.stderr.write('cancelled\n');
    calls += 100;
    return { content: [] };
  },
};
server.setRequestHandler('tools/call', ({ params }, context) => {
  const answer = answers[params.name];
  if (answer === undefined) throw Object.assign(new Error(`No tool ${params.name}`), { code: -32602 });
  return answer(params, context);
});
await server.connect(new StdioServerTransport());
