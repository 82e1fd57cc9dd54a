import { setTimeout as pause } from 'node:timers/promises';
import { Client as McpClient } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { withScratch } from '../scratch.js';
import type { Context, Section } from '../section.js';
import { argumentsOf, launchBare } from '../subjects/bare-browser.js';
import { type ChildProgram, startProgram } from '../subjects/child-program.js';
import { escarpMcpPath } from '../subjects/escarp-program.js';
import type { EscarpPool } from '../subjects/escarp-pool.js';
import { closedLoop, type Task } from '../subjects/http-load.js';
import { cpuSeconds, rssMb, treePssMb, usageIsKnown } from '../subjects/process-usage.js';
import { waitForLeases } from '../subjects/waiting-requests.js';
import { repeat } from '../timing.js';

export const memory: Section = {
  name: 'memory',
  title: 'Memory, and CPU at idle: daemon, MCP server and slots',
  measure: async (context) => {
    if (!usageIsKnown) return context.note('Measured on Linux only.');
    const slots = context.effort.of(1, 8, 8);
    await context.lendPool({ slots, browser: context.browser }, async (pool) => {
      await measureDaemon(context, pool, slots);
      await measureShim(context, pool);
      await measureSlots(context, pool);
      await measureWaiters(context, pool);
      await measureCycles(context, pool);
    });
  },
};

async function measureDaemon(context: Context, { daemonPid }: EscarpPool, slots: number): Promise<void> {
  const { effort } = context;
  const cpu = await repeat(effort.of(1, 2, 6), async () => {
    context.say(`daemon at idle, ${slots} slots`);
    const ms = effort.of(200, 5_000, 20_000);
    const before = await cpuSeconds(daemonPid);
    const startedAt = performance.now();
    await pause(ms);
    return ((await cpuSeconds(daemonPid)) - before) * (100_000 / (performance.now() - startedAt));
  });
  const busy = `daemon at idle, ${slots} slots, of one core`;
  context.row({ name: busy, unit: '%', values: cpu, goal: { of: 'median', max: 1 } });
  const rss = [await rssMb(daemonPid)];
  context.row({
    name: `daemon RSS, ${slots} slots`,
    unit: 'MB',
    values: rss,
    goal: { of: 'median', max: 80 },
  });
}

/** What requests that wait cost a server, each on a connection of its own. */
async function measureWaiters(context: Context, { daemonPid }: EscarpPool): Promise<void> {
  const waiters = context.effort.of(10, 700, 700);
  context.say(`${waiters} waiters`);
  // What a server needs for its first requests is not counted.
  const warmUp = { connections: 10, repeats: context.effort.of(1, 200, 200) };
  const nodeOptions = await heapOptionsOf(daemonPid);
  const bareMb = await withProgram('http-echo', nodeOptions, async ({ pid }, url) => {
    await closedLoop(url, warmUp, async (send) => void (await send('echo', '/echo', {})));
    return growthOf(pid, waiters, url, async () => (await answerOf(`${url}/waiting`, 'POST')).waiting);
  });
  const oursMb = await withProgram('broker', nodeOptions, async ({ pid }, url) => {
    await closedLoop(url, warmUp, lease);
    await closedLoop(url, { connections: 1, repeats: 1 }, async (send) => {
      await send('acquire', '/acquire', { holder: 'bench', ttl_s: 600, wait_s: 60 });
    });
    return growthOf(pid, waiters, url, async () => (await answerOf(`${url}/status`)).queue_length);
  });
  const what = `RSS, how much more for 1,000 waiting requests, measured with ${waiters}`;
  const rival = context.row({ name: `bare node:http ${what}`, unit: 'MB', isOurs: false, values: [bareMb] });
  context.row({
    name: `broker ${what}`,
    unit: 'MB',
    values: [oursMb],
    rival,
    goal: { of: 'median', max: 10 },
  });
}

const lease: Task = async (send) => {
  const { lease_token } = await send('acquire', '/acquire', { holder: 'bench', wait_s: 60 });
  await send('release', '/release', { lease_token, no_wait: true });
};

async function withProgram<T>(
  name: string,
  nodeOptions: readonly string[],
  use: (program: ChildProgram, url: string) => Promise<T>,
): Promise<T> {
  const program = await startProgram(name, { slots: 1 }, nodeOptions);
  try {
    return await use(program, String(program.ready['url']));
  } finally {
    await program.stop();
  }
}

async function answerOf(url: string, method = 'GET'): Promise<Record<string, unknown>> {
  const answer = await fetch(url, method === 'POST' ? { method, body: '{}' } : {});
  return Object(await answer.json());
}

/** By how much a server grows for a thousand requests that wait, in MB. */
async function growthOf(
  pid: number,
  waiters: number,
  url: string,
  waiting: () => Promise<unknown>,
): Promise<number> {
  const before = await rssMb(pid);
  const requests = await waitForLeases(url, waiters);
  const untilWaiting = async (count: number): Promise<void> => {
    // Seldom asked: an answer takes memory too.
    while ((await waiting()) !== count) await pause(500);
  };
  try {
    await Promise.race([untilWaiting(waiters), requests.answered]);
    return (((await rssMb(pid)) - before) * 1_000) / waiters;
  } finally {
    await requests.hangUp();
    await untilWaiting(0);
  }
}

async function heapOptionsOf(pid: number): Promise<string[]> {
  return (await argumentsOf(pid)).filter((word) => word.startsWith('--max-'));
}

/** With the daemon's own bounds of the heap, over a slot that resets in no time: browsers would take hours. */
async function measureCycles(context: Context, { daemonPid }: EscarpPool): Promise<void> {
  const cycles = context.effort.of(50, 2_000, 10_000);
  context.say(`${cycles} leases`);
  const rss = await withProgram('broker', await heapOptionsOf(daemonPid), async ({ pid }, url) => {
    await closedLoop(url, { connections: 10, repeats: cycles / 10 }, lease);
    return rssMb(pid);
  });
  context.row({
    name: `broker RSS after ${cycles} leases, slots that reset in no time`,
    unit: 'MB',
    values: [rss],
    goal: { of: 'median', max: 85 },
  });
}

async function measureShim(context: Context, { env }: EscarpPool): Promise<void> {
  const client = new McpClient({ name: 'bench', version: '1.0.0' });
  const transport = new StdioClientTransport({ command: process.execPath, args: [escarpMcpPath], env });
  await client.connect(transport);
  await client.listTools();
  context.row({ name: 'escarp-mcp RSS', unit: 'MB', values: [await rssMb(transport.pid ?? 0)] });
  await client.close();
}

async function measureSlots(context: Context, { client }: EscarpPool): Promise<void> {
  const { slots } = await client.status();
  const pids = slots.flatMap(({ pid }) => pid ?? []);
  const args = await argumentsOf(pids[0] ?? 0);
  const bare = await withScratch(async (folder) => {
    const browsers = await repeat(pids.length, (index) =>
      launchBare(context.browser, args, `${folder}/${index}`),
    );
    try {
      await pause(context.effort.of(100, 2_000, 5_000));
      // Measured while the slots run too, so that pages shared between browsers are shared by as many in both.
      const values = await Promise.all(browsers.map(({ pid }) => treePssMb(pid)));
      const slotsMb = await Promise.all(pids.map(treePssMb));
      return { values, slotsMb };
    } finally {
      await Promise.all(browsers.map((browser) => browser.kill()));
    }
  });
  const rival = context.row({
    name: 'bare Chromium PSS, same arguments',
    unit: 'MB',
    isOurs: false,
    values: bare.values,
  });
  context.row({ name: 'slot PSS', unit: 'MB', values: bare.slotsMb, rival });
}
