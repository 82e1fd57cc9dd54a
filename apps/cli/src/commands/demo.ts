import { join } from 'node:path';
import { recordedSlots } from '@escarp/broker/assembly';
import { stateDirectory } from '@escarp/broker/home';
import { readPoolFile } from '@escarp/broker/pool-file';
import { writeFileAtomically } from '@escarp/owned-files';
import type { Client, LeaseView } from '@escarp/transport/client';
import { OperationError, untilAborted } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { drivePage } from '../drive-page.js';
import { ensureDaemon } from '../ensure-daemon.js';
import { clientAt, findDaemonUrl } from '../find-daemon.js';
import { nextSteps } from '../next-steps.js';
import { printAnswer } from '../print-answer.js';
import { printable } from '../print/printable.js';
import { slotTable } from '../slot-table.js';
import { stopDaemon } from '../stop-daemon.js';
import { stopSlots } from '../stop-slots.js';
import { untilSlotsAreUp } from '../until-slots-are-up.js';

const poolSize = 2;
const daemonGraceS = 10;
const page = `data:text/html,<title>escarp</title><body style="font:64px sans-serif;display:grid;place-items:center;
height:90vh;background:%23123;color:%23fff"><p>Leased.`;

/** Shows everything once, for real, in the foreground, and takes down what it started when it ends. */
export async function demo(cli: Cli, args: Arguments): Promise<number> {
  if ((await findDaemonUrl(cli)) !== undefined) {
    throw new OperationError('pool_error', {
      message: `A daemon already serves ${cli.settings.home}.`,
      hint: 'See it with escarp status, or take it down first with escarp down.',
    });
  }
  const directory = stateDirectory(cli.settings.home);
  const size = (await readPoolFile(directory.pool)) === undefined ? { poolSize } : {};
  const before = await recordedSlots(directory);
  say(cli, 'Starting a daemon and its browsers');
  const { url } = await ensureDaemon(cli, size);
  try {
    const client = await clientAt(cli, url);
    await untilSlotsAreUp(client, cli.interrupted);
    const lease = await client.acquire({ holder: 'demo' });
    const driven = await drive(cli, lease);
    const isOnce = args.flag('once');
    await show(cli, client, url, driven, isOnce ? ended : nextSteps(cli, url));
    await client.release({ leaseToken: lease.leaseToken });
    if (isOnce) return 0;
    say(cli, '\nThe pool is up until Ctrl-C.');
    await untilAborted(cli.interrupted);
    say(cli, 'Taking the pool down.');
    return 0;
  } finally {
    await takeDown(cli, before);
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
  await writeFileAtomically(screenshot, png, cli.clocks.newId);
  return { slot: lease.slot, title, screenshot };
}

/** After `--once` nothing is left running for another command to use. */
const ended = ['That was all, and nothing of it is left running. To keep a pool: escarp up'];

async function show(
  cli: Cli,
  client: Client,
  url: string,
  driven: Driven,
  next: readonly string[],
): Promise<void> {
  const pool = await client.status();
  const { slot, title, screenshot } = driven;
  printAnswer(cli, { url, driven, pool }, [
    `Leased slot ${slot}, opened a page titled "${printable(title)}" in it, and took ${printable(screenshot)}`,
    '',
    ...slotTable(pool, cli.terminal),
    '',
    ...next,
  ]);
}

/** Ends what was started here; browsers that were running before continue. */
async function takeDown(cli: Cli, before: readonly number[]): Promise<void> {
  await stopDaemon(cli, { graceS: daemonGraceS, force: true });
  await stopSlots(cli, before);
}
