import { withDeadline } from '../deadline.js';
import { connectDevtools } from '../devtools/devtools-connection.js';
import type { DevtoolsConnection } from '../devtools/devtools-connection.js';
import { refuseForeignConnections, untilForeignersLeft } from '../devtools/foreign-connections.js';
import { PoolError } from '../errors.js';
import { describePage, slotFacts } from '../slot-facts.js';
import type { FirstPage } from '../slot-facts.js';
import { writeLaunchRecord } from '../launch-record.js';
import type { RunningSlot, SlotContext } from '../running-slot.js';
import type { SlotPaths } from '../slot-paths.js';
import type { ResetPolicy, SlotSpec } from '../slot.js';
import { resetStorage } from './storage.js';
import type { StorageResetPlan } from './storage.js';
import { resetTabs } from './tabs.js';

export type InPlacePolicy = Exclude<ResetPolicy, 'recycle'>;

export interface InPlaceReset {
  readonly spec: SlotSpec;
  readonly paths: SlotPaths;
  readonly running: RunningSlot;
  readonly policy: InPlacePolicy;
  readonly deadlineMs: number;
}

/**
 * Cleans a browser without relaunching it. Rejects if it is not running, if somebody else is connected to it, if it
 * refuses a command, or if the deadline passes; in none of these cases is it known to be clean.
 */
export async function resetInPlace(reset: InPlaceReset, context: SlotContext): Promise<RunningSlot> {
  const { spec, paths, running, policy, deadlineMs } = reset;
  await refuseStopped(running, context);
  const callMs = Math.min(context.limits.callMs, deadlineMs);
  const connection = await connectDevtools(running.record.wsUrl, { own: context.own, callMs });
  try {
    const page = await withDeadline(cleanse(reset, connection, context), deadlineMs, `The ${policy} reset`);
    const record = { ...running.record, relaunchedAt: null };
    // Whoever adopts the browser must not tell its next holder of a relaunch that happened to the last one.
    if (running.record.relaunchedAt !== null)
      await writeLaunchRecord(paths.record, record, context.ports.newId);
    return { record, facts: slotFacts(spec, record, page) };
  } finally {
    connection.close();
  }
}

async function cleanse(
  { spec, paths, policy }: InPlaceReset,
  connection: DevtoolsConnection,
  context: SlotContext,
): Promise<FirstPage> {
  const { own, host } = context;
  // Before anything is cleared: what a client does in the meantime would be left for the next holder.
  await untilForeignersLeft(spec.port, own, host);
  const [fresh] = await Promise.all([
    policy === 'tabs' ? resetTabs(connection) : resetStorage(connection, storagePlan(spec, paths, context)),
    refuseForeignConnections(spec.port, own, host),
  ]);
  // Checked again at the end: only a client that is connected now could still drive what the next holder gets.
  const [page] = await Promise.all([
    describePage(connection, fresh.targetId),
    refuseForeignConnections(spec.port, own, host),
  ]);
  return page;
}

function storagePlan(
  { bounds, extraArgs }: SlotSpec,
  paths: SlotPaths,
  { processes, limits, place }: SlotContext,
): StorageResetPlan {
  const flag = '--load-extension=';
  const extensions = extraArgs
    .filter((argument) => argument.startsWith(flag))
    .flatMap((argument) => argument.slice(flag.length).split(','));
  const network = { processes, paths, killMs: limits.killMs };
  return { home: place.home, downloads: paths.downloads, bounds, extensions, network };
}

// The deadline would reveal a stopped browser too, but a look at the process shows it at once.
async function refuseStopped({ record }: RunningSlot, { processes }: SlotContext): Promise<void> {
  const entry = await processes.find(record.pid);
  if (entry?.startedAt === record.processStartedAt && !entry.isStopped) return;
  throw new PoolError('browser_unresponsive', `The browser with pid ${record.pid} is not running.`, {
    details: { pid: record.pid, isStopped: entry?.isStopped ?? false },
  });
}
