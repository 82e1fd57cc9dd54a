import type { BrokerOptions } from '@escarp/broker';
import { assembleBroker, createBrowserSlots, recordedSlots, SlotLocks } from '@escarp/broker';
import { OperationError } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import { poolBrowser } from '../browser-search.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { findDaemonUrl } from '../find-daemon.js';
import { installationOf } from '../installation.js';
import { poolRequest } from '../pool-request.js';
import { printAnswer } from '../print-answer.js';
import { counted } from '../print/quantities.js';
import type { Column } from '../print/table.js';
import { renderTable } from '../print/table.js';

interface Launched {
  readonly slot: number;
  readonly pid: number;
  readonly cdpPort: number;
  readonly cdpWsUrl: string;
  readonly version: string;
}

const columns: readonly Column<Launched>[] = [
  { header: 'SLOT', value: ({ slot }) => String(slot), align: 'right', rank: 0 },
  { header: 'PID', value: ({ pid }) => String(pid), align: 'right', rank: 1 },
  { header: 'CDP', value: ({ cdpWsUrl }) => cdpWsUrl, rank: 0, widthMin: 20 },
  { header: 'BROWSER', value: ({ version }) => version, rank: 2 },
];

/** Launches the browsers that are not running yet, leaves the others alone, and exits; the browsers keep running. */
export async function launchPool(cli: Cli, args: Arguments): Promise<number> {
  if ((await findDaemonUrl(cli)) !== undefined) {
    throw new OperationError('pool_error', {
      message: 'A daemon serves this pool and launches its slots itself.',
      hint: 'See them with escarp status; change their number with escarp scale.',
    });
  }
  const options = await assembleBroker(
    installationOf(cli),
    { ...poolRequest(cli, args), heal: true },
    { browser: async () => (await poolBrowser(cli)).path },
  );
  const locks = new SlotLocks(options.directory.locks, {
    cdpBase: options.pool.cdpBase,
    shortTmp: cli.shortTmp,
  });
  const slots = createBrowserSlots(options);
  try {
    for (const slot of options.pool.slots) await locks.take(slot);
    say(cli, `Launching ${counted(options.pool.slots.length, 'slot')}`);
    slots.sweep();
    await stopDropped(options, slots, locks);
    const launched = await Promise.all(options.pool.slots.map(async (slot) => launchOne(slots, slot)));
    printAnswer(cli, { slots: launched }, [
      ...renderTable(columns, launched, cli.terminal),
      '',
      'Next: escarp daemon --background',
    ]);
    return 0;
  } finally {
    await slots.close();
    await locks.releaseAll();
  }
}

/** Making a pool smaller would leave browsers behind that nobody ever takes down. */
async function stopDropped(
  { directory, pool, identity }: BrokerOptions,
  slots: ReturnType<typeof createBrowserSlots>,
  locks: SlotLocks,
): Promise<void> {
  const dropped = (await recordedSlots(directory)).filter((slot) => !pool.slots.includes(slot));
  for (const slot of dropped) {
    await locks.take(slot);
    await slots.stop(slot);
    await identity.remove(slot);
  }
}

async function launchOne(slots: ReturnType<typeof createBrowserSlots>, slot: number): Promise<Launched> {
  const { pid, cdpPort, cdpWsUrl, version } = await slots.launch(slot);
  return { slot, pid, cdpPort, cdpWsUrl, version };
}
