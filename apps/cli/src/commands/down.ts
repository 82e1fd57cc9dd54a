import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { endLeases, refuseWhileLeased } from '../end-leases.js';
import { printAnswer } from '../print-answer.js';
import { counted } from '../print/quantities.js';
import { stopDaemon } from '../stop-daemon.js';
import { stopSlots } from '../stop-slots.js';
import { stopViewer } from '../viewer-client.js';

const graceS = 10;

/** Takes down the daemon and every browser of this state directory, and ends their leases. */
export async function down(cli: Cli, args: Arguments): Promise<number> {
  if (!args.flag('force')) await refuseWhileLeased(cli);
  say(cli, 'Stopping the daemon and the slots');
  await stopViewer(cli);
  const stopped = await stopDaemon(cli, { graceS, force: true });
  const leases = await endLeases(cli);
  const slots = await stopSlots(cli);
  printAnswer(cli, { daemonStopped: stopped, slotsStopped: slots }, [
    stopped ? 'The daemon has stopped.' : 'No daemon was running.',
    slots.length === 0 ? 'No slot was running.' : `Stopped ${counted(slots.length, 'slot')}.`,
    ...leases,
  ]);
  return 0;
}
