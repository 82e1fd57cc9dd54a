import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Daemon } from '@escarp/daemon';
import { startDaemon } from '@escarp/daemon';
import type { Client, LeaseView } from '@escarp/transport/client';
import { toWire } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import { assembleDaemon } from '../assemble-daemon.js';
import type { Cli } from '../cli.js';
import { printResult, say } from '../cli.js';
import { drivePage } from '../drive-page.js';
import { clientAt } from '../find-daemon.js';
import { nextSteps } from '../next-steps.js';
import { printable } from '../print/printable.js';
import { slotTable } from '../slot-table.js';
import { untilAborted } from '../until-aborted.js';
import { untilSlotsAreUp } from '../until-slots-are-up.js';

const poolSize = 2;
const page = `data:text/html,<title>escarp</title><body style="font:64px sans-serif;display:grid;place-items:center;
height:90vh;background:%23123;color:%23fff"><p>Leased.`;

/** Shows everything once, for real, in the foreground, and takes down what it started when it ends. */
export async function demo(cli: Cli, args: Arguments): Promise<number> {
  say(cli, `Starting a daemon and ${poolSize} browsers`);
  const daemon = await startDaemon(await assembleDaemon(cli, { poolSize, heal: true }));
  try {
    const client = await clientAt(cli, daemon.url);
    await untilSlotsAreUp(client, cli.interrupted);
    const lease = await client.acquire({ holder: 'demo' });
    const driven = await drive(cli, lease);
    await show(cli, client, daemon, driven);
    await client.release({ leaseToken: lease.leaseToken });
    if (args.flag('once')) return 0;
    say(cli, '\nThe pool is up until Ctrl-C.');
    await untilAborted(cli.interrupted);
    say(cli, 'Taking the pool down.');
    return 0;
  } finally {
    await takeDown(daemon);
  }
}

interface Driven {
  readonly slot: number;
  readonly title: string;
  readonly screenshot: string;
}

async function drive(cli: Cli, lease: LeaseView): Promise<Driven> {
  const { title, png } = await drivePage(lease.cdpWsUrl ?? '', page.replaceAll('\n', ''));
  const screenshot = join(cli.settings.home, 'demo.png');
  await writeFile(screenshot, png);
  return { slot: lease.slot, title, screenshot };
}

async function show(cli: Cli, client: Client, { url }: Daemon, driven: Driven): Promise<void> {
  const pool = await client.status();
  const { slot, title, screenshot } = driven;
  printResult(cli, { url, driven, pool: toWire(pool) }, [
    `Leased slot ${slot}, opened a page titled "${printable(title)}" in it, and took ${printable(screenshot)}`,
    '',
    ...slotTable(pool, cli.terminal),
    '',
    ...nextSteps(url),
  ]);
}

async function takeDown(daemon: Daemon): Promise<void> {
  const { broker } = daemon;
  const { slots } = broker.options.pool;
  await daemon.close();
  await Promise.all(slots.map((slot) => broker.slots.stop(slot)));
  await broker.slots.close();
}
