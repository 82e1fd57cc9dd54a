import type { SlotAddress } from '@escarp/contract';
import type { Effect, Registry, RegistryState, Resource } from '@escarp/lease-registry';
import { defaultLimits, unfinished } from '@escarp/lease-registry';
import { defaultLimits as poolLimits } from '@escarp/slot-pool';
import { DaemonError } from '../errors.js';
import type { PoolFile } from '../state-directory/pool-file.js';
import type { Settings } from '../settings.js';
import { keyOf, slotOf } from './slot-key.js';
import type { Slots } from './slots.js';

export interface ReconcilePorts {
  readonly registry: Registry;
  readonly pool: PoolFile;
  readonly slots: Slots;
}

/**
 * Brings the registry and the browsers in line with the configured pool. For the first daemon of a state directory,
 * running browsers are as they were launched.
 */
export async function reconcile(ports: ReconcilePorts, isFirst: boolean): Promise<void> {
  const { registry, pool, slots } = ports;
  const known = [...registry.state.resources.values()];
  // Adopting changes the state: a browser that is reported as lost is already being started again.
  const begun = unfinished(registry.state);
  const wanted = new Set(pool.slots);
  const all = new Set([...pool.slots.map((slot) => keyOf({ slot })), ...known.map(({ key }) => key)]);
  for (const key of all) await slots.of(key).lock.take();
  await Promise.all(known.filter(isUp).map(({ key }) => slots.of(key).controller.adopt()));
  for (const effect of begun) resume(effect, slots);
  if (isFirst) for (const slot of wanted) slots.at({ slot }).controller.presumeUnused();
  await Promise.all([...joining(wanted, ports), ...leaving(wanted, ports, known)]).catch(refuseToStart);
}

/** What the registry is told about a slot that joins the pool. */
export function addedCommand(address: SlotAddress, pool: PoolFile) {
  const mode = pool.headless ? 'headless' : 'headed';
  return { type: 'added', key: keyOf(address), labels: { tier: pool.tier, mode } } as const;
}

/**
 * A start or reset that waits for its turn to launch is not too slow: in a large pool, browsers that hang may keep each of
 * those before it for as long as a launch may take.
 */
export function limitsOf(
  { leaseTtlS, perHolder, perTenant }: Pick<Settings, 'leaseTtlS' | 'perHolder' | 'perTenant'>,
  { slots }: Pick<PoolFile, 'slots'>,
): RegistryState['limits'] {
  const { startMs, resetMs } = defaultLimits;
  const turnsBefore = Math.floor(Math.max(0, slots.length - 1) / poolLimits.launchesAtOnce);
  const untilTurnMs = turnsBefore * poolLimits.launchMs;
  return {
    ...defaultLimits,
    startMs: startMs + untilTurnMs,
    resetMs: resetMs + untilTurnMs,
    ttlMs: leaseTtlS * 1_000,
    ...(perHolder === undefined ? {} : { perHolder }),
    ...(perTenant === undefined ? {} : { perTenant }),
  };
}

function isUp({ state, recovering }: Resource): boolean {
  return (state === 'free' || state === 'leased') && !recovering;
}

/** Continues what was under way when the last daemon ended. */
function resume(effect: Effect, { effects }: Slots): void {
  if (effect.type === 'start') effects.start(effect);
  if (effect.type === 'reset') effects.reset(effect);
}

function joining(wanted: ReadonlySet<number>, { registry, pool }: ReconcilePorts): Promise<unknown>[] {
  const added = [...wanted].filter((slot) => !registry.state.resources.has(keyOf({ slot })));
  return added.map((slot) => registry.submit(addedCommand({ slot }, pool)));
}

function leaving(
  wanted: ReadonlySet<number>,
  { registry }: ReconcilePorts,
  known: readonly Resource[],
): Promise<unknown>[] {
  const gone = known.filter(({ key }) => !wanted.has(slotOf(key)));
  return gone.map(({ key }) => registry.submit({ type: 'drain', key }));
}

function refuseToStart(cause: unknown): never {
  throw new DaemonError(
    'state_directory_unusable',
    'The journal cannot be written, so nothing can be leased safely.',
    'Check the free space, the owner and the mode of ESCARP_HOME.',
    cause,
  );
}
