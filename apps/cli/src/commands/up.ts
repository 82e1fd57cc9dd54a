import type { PoolRequest } from '@escarp/broker/assembly';
import {
  askCommandFault,
  poolDifferences,
  poolWords,
  runsOtherwise,
  wantedPool,
} from '@escarp/broker/assembly';
import { readPoolFile } from '@escarp/broker/pool-file';
import { daemonAddressAt, stateDirectory } from '@escarp/broker/home';
import type { Client } from '@escarp/transport/client';
import { createClient, OperationError } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { lookAtHome } from '../daemon-state.js';
import { ensureDaemon } from '../ensure-daemon.js';
import { clientAt } from '../find-daemon.js';
import { nextSteps } from '../next-steps.js';
import { patientFetch } from '../patient-fetch.js';
import { poolRequest, tokenArguments } from '../pool-request.js';
import { printAnswer } from '../print-answer.js';
import { printable } from '../print/printable.js';
import { counted } from '../print/quantities.js';
import { describeNotApplied, settingsNotApplied } from '../settings-not-applied.js';
import { slotTable } from '../slot-table.js';
import { untilSlotsAreUp } from '../until-slots-are-up.js';

/** Brings everything up that is not: browser, pool, daemon. What runs already is left alone, or the command refused. */
export async function up(cli: Cli, args: Arguments): Promise<number> {
  const request = poolRequest(cli, args);
  const requireToken = args.choice('require-token');
  const { url, isNew } = await ensureDaemon(cli, request, tokenArguments(requireToken));
  const client = await clientAt(cli, url);
  if (!isNew) {
    await refuseOtherToken(cli, url, requireToken);
    await refuseOtherPool(cli, url, client, request);
  }
  for (const { slot } of await untilSlotsAreUp(client, cli.interrupted)) {
    say(cli, `Slot ${slot} did not start and is quarantined; the table says why, and it is tried again.`);
  }
  const pool = await client.status();
  const notApplied = isNew ? [] : await settingsNotApplied(cli);
  for (const setting of notApplied) say(cli, printable(describeNotApplied(setting)));
  const fault = await askCommandFault(cli.settings.askCommand);
  if (fault !== undefined)
    say(cli, printable(`${fault} Until that is corrected nobody is notified when an agent asks.`));
  // What was asked for and not refused is so.
  const asksToken = (isNew ? undefined : requireToken) ?? (!cli.json && (await asksOthersForToken(cli, url)));
  const document = { ...pool, url, ...(isNew ? {} : { settingsNotApplied: notApplied }) };
  printAnswer(cli, document, [...slotTable(pool, cli.terminal), '', ...nextSteps(cli, url, asksToken)]);
  return 0;
}

/** Of a daemon that has answered us. */
async function asksOthersForToken(cli: Cli, url: string): Promise<boolean> {
  if ((await daemonAddressAt(cli.settings, url)).token === undefined) return false;
  // Whatever keeps this from being known is no reason to fail: the pool is up.
  return asksForToken(cli, url).catch(() => true);
}

async function refuseOtherToken(cli: Cli, url: string, wanted: boolean | undefined): Promise<void> {
  if (wanted === undefined || wanted === (await asksForToken(cli, url))) return;
  const now = wanted ? 'answers every caller without a token' : 'asks every caller for a token';
  throw new OperationError('pool_runs_otherwise', {
    message: `The daemon is already running and ${now}.`,
    hint: `To change that and keep browsers and leases: escarp daemon stop && escarp up ${tokenArguments(wanted).join(' ')}`,
  });
}

/** Asked as a stranger would. */
async function asksForToken(cli: Cli, baseUrl: string): Promise<boolean> {
  const stranger = createClient({ baseUrl, fetch: patientFetch(cli, baseUrl), ids: cli.clocks.newId });
  return stranger.status().then(
    () => false,
    (error: unknown) => {
      if (error instanceof OperationError && error.code === 'unauthorized') return true;
      throw error;
    },
  );
}

function refuseOtherSpares(has: boolean, wanted: boolean | undefined): void {
  if (wanted === undefined || wanted === has) return;
  throw new OperationError('pool_runs_otherwise', {
    message: `The daemon is already running and makes ${has ? 'spares' : 'no spares'}.`,
    hint: `To change that and keep browsers and leases: escarp daemon stop && escarp up ${wanted ? '--spares' : '--no-spares'}`,
  });
}

async function refuseOtherPool(cli: Cli, url: string, client: Client, request: PoolRequest): Promise<void> {
  if (poolWords(request).length === 0) return;
  const home = await lookAtHome(cli);
  if (home.kind !== 'serving' || home.url !== url) {
    throw new OperationError('pool_runs_otherwise', {
      message: `The daemon at ${url} serves another state directory, so its pool cannot be changed from here.`,
      hint: 'Leave the options out, or set ESCARP_HOME for a pool of your own.',
    });
  }
  const has = await readPoolFile(stateDirectory(cli.settings.home).pool);
  if (has === undefined) return;
  const differences = poolDifferences(has, wantedPool(has, request));
  if (differences.length > 0) throw runsOtherwise(differences, request);
  refuseOtherSpares(has.spares ?? false, request.spares);
  const { poolSize } = await client.status();
  if (request.poolSize !== undefined && request.poolSize !== poolSize) {
    throw new OperationError('pool_runs_otherwise', {
      message: `The pool is already running with ${counted(poolSize, 'slot')}.`,
      hint: `To change that: escarp scale ${request.poolSize}`,
    });
  }
}
