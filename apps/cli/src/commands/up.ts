import { toWire } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult, say } from '../cli.js';
import { ensureDaemon } from '../ensure-daemon.js';
import { clientAt } from '../find-daemon.js';
import { nextSteps } from '../next-steps.js';
import { poolRequest } from '../pool-request.js';
import { slotTable } from '../slot-table.js';
import { untilSlotsAreUp } from '../until-slots-are-up.js';

/** Brings everything up that is not: browser, pool, daemon. What runs already is left alone. */
export async function up(cli: Cli, args: Arguments): Promise<number> {
  const flags = args.flag('require-token') ? ['--require-token'] : [];
  const request = poolRequest(args);
  const url = await ensureDaemon(cli, request, flags);
  const client = await clientAt(cli, url);
  for (const { slot } of await untilSlotsAreUp(client, cli.interrupted)) {
    say(cli, `Slot ${slot} did not start and is quarantined; the table says why, and it is tried again.`);
  }
  const pool = await client.status();
  if (request.poolSize !== undefined && request.poolSize !== pool.poolSize) {
    say(
      cli,
      `The pool runs with ${pool.poolSize} slots already; to change that: escarp scale ${request.poolSize}`,
    );
  }
  printResult(cli, { ...toWire(pool), url }, [...slotTable(pool, cli.terminal), '', ...nextSteps(cli, url)]);
  return 0;
}
