import { recordedSlots } from '@escarp/broker/assembly';
import { stateDirectory } from '@escarp/broker/home';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { endLeases } from './end-leases.js';
import { ensureReadyDaemon } from './ensure-daemon.js';
import { clientAt, findHomeDaemonUrl } from './find-daemon.js';
import { RunPoolShare } from './run-pool-share.js';
import { stopDaemon } from './stop-daemon.js';
import { stopSlots } from './stop-slots.js';

/** A pool for as long as one command runs. */
export interface PoolForRun {
  /** Of the daemon that serves now; one that died meanwhile is started again. */
  url(): Promise<string>;
  /** Stops what was started for the command, unless somebody else uses it by now. */
  giveUp(): Promise<void>;
}

const graceS = 10;

/**
 * The pool that runs, or one that is started now and stopped again when the last run that uses it has given it up. Browsers
 * that ran without a daemon are left running.
 */
export async function poolForRun(cli: Cli): Promise<PoolForRun> {
  // Whoever named a daemon neither starts nor stops one.
  if (cli.env['ESCARP_BROKER_URL'])
    return { url: async () => (await ensureReadyDaemon(cli)).url, giveUp: async () => {} };
  const before = await slotsThatRun(cli);
  const share = new RunPoolShare(cli);
  let isOurs = false;
  await share.join(async () => {
    isOurs = (await ensureReadyDaemon(cli)).isNew;
    return isOurs && before.length === 0;
  });
  return {
    url: async () => {
      const browsers = await slotsThatRun(cli);
      const { url, isNew } = await ensureReadyDaemon(cli);
      // Where browsers live on, it is their daemon that had died, and whose they are has not changed.
      if (isNew && browsers.length === 0) await share.join(async () => (isOurs = true));
      return url;
    },
    giveUp: async () => {
      if (share.isHeld) await share.leave(async () => takeDown(cli, []));
      else if (isOurs) await takeDown(cli, before);
    },
  };
}

function slotsThatRun({ settings }: Cli): Promise<number[]> {
  return recordedSlots(stateDirectory(settings.home));
}

async function takeDown(cli: Cli, before: readonly number[]): Promise<void> {
  if (await isUsed(cli)) {
    say(cli, 'The pool stays up, because others use it now; escarp down stops it.');
    return;
  }
  say(cli, 'Stopping the pool that was started for this run');
  await stopDaemon(cli, { graceS, force: true });
  await endLeases(cli);
  await stopSlots(cli, before);
}

async function isUsed(cli: Cli): Promise<boolean> {
  const url = await findHomeDaemonUrl(cli).catch(() => undefined);
  if (url === undefined) return false;
  const { slots, queueLength } = await (await clientAt(cli, url)).status();
  return queueLength > 0 || slots.some(({ holder }) => holder !== null);
}
