import { Client, type Tool } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { playwrightMcp, programOf } from '../rivals/browser-mcp.js';
import type { Context, Section } from '../section.js';
import { withPool } from '../subjects/escarp-pool.js';
import { escarpPath } from '../subjects/escarp-program.js';

/** A call that needs the browser but no page to load. */
const call = { name: 'browser_tabs', arguments: { action: 'list' } };

export const pageTools: Section = {
  name: 'page-tools',
  title: 'Page tools: @playwright/mcp on a leased browser, alone and in the same server as escarp',
  measure: async (context) =>
    withPool({ slots: 2, browser: context.browser }, async ({ client, env }) => {
      const lease = await client.acquire({ holder: 'bench', ttlS: 600 });
      const program = programOf(playwrightMcp);
      const alone = [program, ...playwrightMcp.at(lease.cdpHttpUrl)];
      const composed = [
        escarpPath,
        'mcp',
        '--',
        process.execPath,
        program,
        ...playwrightMcp.at('{cdp_http}'),
      ];
      await withServer(alone, env, async (theirs) =>
        withServer(composed, env, async (ours) => {
          await measureCalls(context, theirs, ours);
          await measureLists(context, theirs, ours);
        }),
      );
    }),
};

/** In turns, so that whatever else the machine does falls on both alike. */
async function measureCalls(context: Context, theirs: Client, ours: Client): Promise<void> {
  const rounds = context.effort.of(10, 200, 2_000);
  const lease = await leaseOf(ours);
  const alone: number[] = [];
  const composed: number[] = [];
  const named: number[] = [];
  for (let round = -3; round < rounds; round++) {
    const [theirMs, ourMs, namedMs] = [
      await timedCall(theirs),
      await timedCall(ours),
      await timedCall(ours, lease),
    ];
    // The first calls connect to the browser.
    if (round < 0) continue;
    alone.push(theirMs);
    composed.push(ourMs);
    named.push(namedMs);
  }
  const rival = context.row({ name: 'page call, server alone', unit: 'ms', isOurs: false, values: alone });
  for (const [name, values] of [
    ['page call, composed', composed],
    ['page call, composed, naming its lease', named],
  ] as const) {
    context.row({ name, unit: 'ms', values, rival });
    context.row({
      name: `${name}: how much more`,
      unit: 'ms',
      values: values.map((value, round) => value - (alone[round] ?? 0)),
      goal: { of: 'median', max: 1 },
    });
  }
}

/** The lease that its first page call acquires. */
async function leaseOf(client: Client): Promise<string> {
  await timedCall(client);
  const { structuredContent } = await client.callTool({ name: 'escarp_status', arguments: {} });
  const { leases }: { leases?: { lease: string }[] } = structuredContent ?? {};
  return leases?.[0]?.lease ?? '';
}

async function timedCall(client: Client, lease?: string): Promise<number> {
  const startedAt = performance.now();
  const { isError, content } = await client.callTool({
    ...call,
    arguments: { ...call.arguments, ...(lease === undefined ? {} : { lease }) },
  });
  if (isError === true) throw new Error(JSON.stringify(content));
  return performance.now() - startedAt;
}

/** By what a model is shown: names, descriptions and input schemas. Four characters count as a token. */
const tokens = (tools: readonly Tool[] = []): number =>
  tools.reduce((sum, { name, description, inputSchema }) => {
    return sum + JSON.stringify({ name, description, inputSchema }).length / 4;
  }, 0);

async function measureLists(context: Context, theirs: Client, ours: Client): Promise<void> {
  const [alone, composed] = await Promise.all([theirs, ours].map(async (client) => client.listTools()));
  const [before, after] = [tokens(alone?.tools), tokens(composed?.tools)];
  const own = tokens(composed?.tools.filter(({ name }) => name.startsWith('escarp_')));
  const percent = (more: number) => [(100 * more) / before];
  context.row({ name: 'tokens of the tool list, server alone', unit: '', isOurs: false, values: [before] });
  context.row({
    name: 'tokens of the tool list, how many more',
    unit: '%',
    values: percent(after - before),
    goal: { of: 'median', max: 5 },
  });
  context.row({ name: "tokens of escarp's own tools among them", unit: '%', values: percent(own) });
}

async function withServer<T>(
  args: string[],
  env: Record<string, string>,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
