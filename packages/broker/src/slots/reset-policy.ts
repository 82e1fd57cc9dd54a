import type { ResetPolicy } from '@escarp/slot-pool';
import { defaultResetPolicy } from '@escarp/slot-pool';
import type { Settings } from '../settings.js';
import type { PoolFile } from '../state-directory/pool-file.js';

/** How the pool's slots are cleaned between leases. */
export function resetPolicyOf({
  settings,
  pool,
}: {
  readonly settings: Pick<Settings, 'reset'>;
  readonly pool: PoolFile;
}): ResetPolicy {
  return settings.reset ?? defaultResetPolicy(pool.tier, !pool.headless && !pool.displays);
}
