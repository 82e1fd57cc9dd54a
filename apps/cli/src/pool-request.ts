import type { PoolFile } from '@escarp/broker/pool-file';
import { slotsMax } from '@escarp/contract';
import type { Arguments } from './arguments.js';
import type { PoolRequest } from './ensure-pool.js';
import { UsageError } from './usage-error.js';

const tiers = ['autonomous', 'delegated', 'supervised'] as const;

/** The pool options that several commands share, as typed. */
export function poolRequest(args: Arguments): PoolRequest {
  const poolSize = args.number('pool-size');
  if (poolSize !== undefined && !(Number.isInteger(poolSize) && poolSize >= 1 && poolSize <= slotsMax)) {
    throw new UsageError(
      `--pool-size must be a whole number from 1 to ${slotsMax}.`,
      'For example: --pool-size 4',
    );
  }
  if (args.flag('headless') && args.flag('headed')) {
    throw new UsageError('--headless and --headed exclude each other.', 'Say one of them, or neither.');
  }
  return {
    poolSize,
    cdpBasePort: args.number('cdp-base-port'),
    headless: args.flag('headless') ? true : args.flag('headed') ? false : undefined,
    displays: args.choice('displays'),
    cuaApps: args.choice('cua-apps'),
    tier: tierOf(args.text('tier')),
  };
}

function tierOf(text: string | undefined): PoolFile['tier'] | undefined {
  return tiers.find((tier) => tier === text);
}
