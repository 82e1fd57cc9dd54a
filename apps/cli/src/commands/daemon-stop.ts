import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { endLeases, refuseWhileLeased } from '../end-leases.js';
import { printAnswer } from '../print-answer.js';
import { counted } from '../print/quantities.js';
import { stopDaemon } from '../stop-daemon.js';
import { stopSlots } from '../stop-slots.js';

/** Stops the daemon, and with `--kill-pool` the browsers too. */
export async function daemonStop(cli: Cli, args: Arguments): Promise<number> {
  const force = args.flag('force');
  const killPool = args.flag('kill-pool');
  if (killPool && !force) await refuseWhileLeased(cli);
  const stopped = await stopDaemon(cli, { graceS: args.number('grace') ?? 10, force });
  const leases = killPool ? await endLeases(cli) : [];
  const slots = killPool ? await stopSlots(cli) : [];
  printAnswer(cli, { daemonStopped: stopped, slotsStopped: slots }, [
    stopped ? 'The daemon has stopped.' : 'No daemon was running.',
    ...(killPool
      ? [`Stopped ${counted(slots.length, 'slot')}.`, ...leases]
      : stopped
        ? ['The slots keep running.']
        : []),
  ]);
  return 0;
}
