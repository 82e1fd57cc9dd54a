import { basename, resolve } from 'node:path';
import { findSuitePlaywright, openPlaywrightEndpoint } from '@escarp/playwright-endpoint';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { withDirectLoopback } from '../direct-loopback.js';
import { leaseForWorker } from '../lease-for-worker.js';
import { poolForRun } from '../pool-for-run.js';
import { printable } from '../print/printable.js';
import { screenshotsWish } from '../screenshots-wish.js';
import { startCommand } from '../running-command.js';

/** What the command leaves behind is asked to end, and has this long for it. */
const leftoversMs = 5_000;

/** Runs a Playwright suite as it is, each of its workers on a slot that is leased while the worker is connected. */
export async function runPlaywright(cli: Cli, args: Arguments, command: readonly string[]): Promise<number> {
  const playwright = findSuitePlaywright(resolve(cli.cwd, args.text('suite') ?? '.'));
  const pool = await poolForRun(cli);
  try {
    return await runOnPool(cli, args, command, { playwright, pool });
  } finally {
    await pool.giveUp();
  }
}

interface Run {
  readonly playwright: ReturnType<typeof findSuitePlaywright>;
  readonly pool: Awaited<ReturnType<typeof poolForRun>>;
}

async function runOnPool(
  cli: Cli,
  args: Arguments,
  command: readonly string[],
  { playwright, pool }: Run,
): Promise<number> {
  const holder = args.text('holder') ?? `${basename(cli.cwd)}: playwright`;
  const say = (line: string): void => void cli.stderr.write(`escarp: ${printable(line)}\n`);
  const endpoint = await openPlaywrightEndpoint({
    playwright,
    env: withDirectLoopback(cli.env),
    cwd: cli.cwd,
    newId: cli.clocks.newId,
    say,
    lease: async (worker, left) => {
      const named = { holder, agent: `worker ${worker}`, client: 'escarp-run' };
      const request = { ...named, ttlS: args.number('ttl'), ...screenshotsWish(args) };
      const tell = (line: string): void => say(`Worker ${worker} ${line}`);
      return leaseForWorker(cli, pool, { request, waitS: args.number('wait'), left, say: tell });
    },
  });
  try {
    const env = {
      ...cli.env,
      ESCARP_BROKER_URL: await pool.url(),
      PW_TEST_CONNECT_WS_ENDPOINT: endpoint.url,
    };
    const running = await startCommand(cli, command, { env, stdio: 'inherit' });
    await running.ended;
    await running.end(leftoversMs);
    return await running.ended;
  } finally {
    await endpoint.close();
  }
}
