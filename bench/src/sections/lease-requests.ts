import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Row } from '../row.js';
import { withScratch } from '../scratch.js';
import type { Context, Section } from '../section.js';
import type { ChildProgram } from '../subjects/child-program.js';
import { startProgram } from '../subjects/child-program.js';
import { environmentWith, escarpMcpPath } from '../subjects/escarp-program.js';
import type { Load, LoadSize, Task } from '../subjects/http-load.js';
import { closedLoop } from '../subjects/http-load.js';
import { repeat } from '../timing.js';

export const leaseRequests: Section = {
  name: 'requests',
  title: 'Acquire, renew and release: the broker with its journal on disk, over slots that reset in no time',
  measure: async (context) => {
    const [node, hono, broker] = await Promise.all([
      startProgram('http-echo', {}),
      startProgram('hono-echo', {}),
      startProgram('broker', { slots: 64 }),
    ]);
    try {
      await measureDisk(context);
      for (const connections of [1, 10, 50]) await measureHttp(context, connections, { node, hono, broker });
      await measureMcp(context, urlOf(broker));
    } finally {
      await Promise.all([node, hono, broker].map((program) => program.stop()));
    }
  },
};

/** What durability costs here at the least: every lease that is granted or ended waits for it. */
async function measureDisk(context: Context): Promise<void> {
  await withScratch(async (folder) => {
    const file = openSync(join(folder, 'journal'), 'a');
    const line = `${'x'.repeat(400)}\n`;
    const values = await repeat(context.effort.of(20, 300, 2_000), async () => {
      const startedAt = performance.now();
      writeSync(file, line);
      fdatasyncSync(file);
      return (performance.now() - startedAt) * 1_000;
    });
    closeSync(file);
    context.row({ name: 'append of 400 bytes and fdatasync', unit: 'µs', isOurs: false, values });
  });
}

interface Servers {
  readonly node: ChildProgram;
  readonly hono: ChildProgram;
  readonly broker: ChildProgram;
}

const body = { holder: 'bench', wait_s: 10 };
const echo: Task = async (send) => void (await send('echo', '/echo', body));
const lease: Task = async (send) => {
  const { lease_token } = await send('acquire', '/acquire', body);
  await send('release', '/release', { lease_token, no_wait: true });
};

async function measureHttp(context: Context, connections: number, servers: Servers): Promise<void> {
  const { effort } = context;
  const rounds = effort.of(1, 3, 10);
  const repeats = Math.ceil(effort.of(60, 1_000, 10_000) / connections);
  const loads = new Map<string, Load[]>();
  await warmUp(servers, { connections, repeats: Math.ceil(effort.of(1, 500, 1_000) / connections) });
  for (let round = 0; round < rounds; round++) {
    context.say(`HTTP, ${connections} connections, round ${round + 1} of ${rounds}`);
    const size = { connections, repeats };
    keep(loads, 'node:http echo', await closedLoop(urlOf(servers.node), size, echo));
    keep(loads, 'hono echo', await closedLoop(urlOf(servers.hono), size, echo));
    keep(loads, 'lease', await closedLoop(urlOf(servers.broker), size, lease));
    keep(loads, 'renew', await renewals(urlOf(servers.broker), size));
    keep(loads, 'node:http same answer', await sameAnswers(servers, size));
  }
  report(context, connections, loads);
}

/** A server that has just started is not yet compiled to the full. */
async function warmUp({ node, hono, broker }: Servers, size: LoadSize): Promise<void> {
  await closedLoop(urlOf(node), size, echo);
  await closedLoop(urlOf(hono), size, echo);
  await closedLoop(urlOf(broker), size, lease);
  await renewals(urlOf(broker), size);
}

/** Every connection holds a lease and renews it. */
async function renewals(url: string, size: LoadSize): Promise<Load> {
  const tokens: unknown[] = [];
  const once = { ...size, repeats: 1 };
  await closedLoop(url, once, async (send, connection) => {
    tokens[connection] = (await send('acquire', '/acquire', body))['lease_token'];
  });
  const load = await closedLoop(url, size, async (send, connection) => {
    await send('renew', '/heartbeat', { lease_token: tokens[connection] });
  });
  await closedLoop(url, once, async (send, connection) => {
    await send('release', '/release', { lease_token: tokens[connection] });
  });
  return load;
}

/** What a bare server takes to send as much as a renewal does. */
async function sameAnswers({ node, broker }: Servers, size: LoadSize): Promise<Load> {
  const once = { connections: 1, repeats: 1 };
  await closedLoop(urlOf(broker), once, async (send) => {
    const { lease_token } = await send('acquire', '/acquire', body);
    const answer = await send('renew', '/heartbeat', { lease_token });
    await closedLoop(urlOf(node), once, async (tell) => void (await tell('answer', '/answer', answer)));
    await send('release', '/release', { lease_token });
  });
  return closedLoop(urlOf(node), size, async (send) => {
    await send('same', '/same', { lease_token: tokenLike });
  });
}

/** As long as a lease's token. */
const tokenLike = 'x'.repeat(43);

function report(context: Context, connections: number, loads: ReadonlyMap<string, readonly Load[]>): void {
  const latency = (server: string, request: string, rival?: Row): Row =>
    context.row({
      name: `${request === 'echo' ? server : request}, ${connections} connections`,
      unit: 'µs',
      isOurs: request !== 'echo',
      values: (loads.get(server) ?? []).flatMap(({ durations }) =>
        (durations.get(request) ?? []).map((ms) => ms * 1_000),
      ),
      ...(rival === undefined ? {} : { rival }),
    });
  const node = latency('node:http echo', 'echo');
  latency('hono echo', 'echo', node);
  latency('lease', 'acquire', node);
  latency('lease', 'release', node);
  latency('renew', 'renew', node);
  reportThroughput(context, connections, loads);
}

function reportThroughput(
  context: Context,
  connections: number,
  loads: ReadonlyMap<string, readonly Load[]>,
): void {
  const rate = (server: string, rival?: Row): Row =>
    context.row({
      name: `${server} throughput, ${connections} connections`,
      unit: '/s',
      better: 'more',
      isOurs: server === 'lease' || server === 'renew',
      values: (loads.get(server) ?? []).map(({ perSecond }) => perSecond),
      ...(rival === undefined ? {} : { rival }),
      ...(server === 'renew' ? { goal: { of: 'ratio', min: 0.5 } as const } : {}),
    });
  const node = rate('node:http echo');
  rate('hono echo', node);
  rate('lease', node);
  rate('renew', rate('node:http same answer', node));
}

async function measureMcp(context: Context, url: string): Promise<void> {
  const times = context.effort.of(5, 200, 1_000);
  const program = fileURLToPath(new URL('./programs/mcp-echo.js', import.meta.url));
  const rival = await withMcp([program], {}, async (client) => {
    context.say('MCP, echo');
    const values = await timedCalls(client, times, [['echo', body]]);
    return context.row({ name: 'echo over MCP stdio', unit: 'µs', isOurs: false, values: values[0] ?? [] });
  });
  await withMcp([escarpMcpPath], { ESCARP_BROKER_URL: url }, async (client) => {
    context.say('MCP, escarp');
    const calls: Call[] = [
      ['escarp_acquire', { holder: 'bench' }],
      ['escarp_release', {}],
    ];
    const [acquires = [], releases = []] = await timedCalls(client, times, calls);
    context.row({ name: 'acquire over MCP stdio', unit: 'µs', values: acquires, rival });
    context.row({ name: 'release over MCP stdio', unit: 'µs', values: releases, rival });
  });
}

async function withMcp<T>(
  args: string[],
  env: Record<string, string>,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ name: 'bench', version: '1.0.0' });
  const command = { command: process.execPath, args, env: environmentWith(env), stderr: 'inherit' as const };
  await client.connect(new StdioClientTransport(command));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

type Call = readonly [tool: string, args: Record<string, unknown>];

/** Makes these calls in turn, again and again; the durations of each in microseconds. */
async function timedCalls(client: Client, times: number, calls: readonly Call[]): Promise<number[][]> {
  const values: number[][] = calls.map(() => []);
  for (let round = 0; round < times; round++) {
    for (const [index, [name, args]] of calls.entries()) {
      const startedAt = performance.now();
      const answer = await client.callTool({ name, arguments: args });
      values[index]?.push((performance.now() - startedAt) * 1_000);
      if (answer.isError === true) throw new Error(`${name}: ${JSON.stringify(answer.content)}`);
    }
  }
  return values;
}

function urlOf({ ready }: ChildProgram): string {
  return String(ready['url']);
}

function keep(loads: Map<string, Load[]>, name: string, load: Load): void {
  loads.set(name, [...(loads.get(name) ?? []), load]);
}
