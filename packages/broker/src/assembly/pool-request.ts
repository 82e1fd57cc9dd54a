import type { Tier } from '@escarp/contract';

/** What is asked of a pool; what it leaves open stays as it was, or as the environment has it. */
export interface PoolRequest {
  /** Number of slots, from 1 to 64. */
  readonly poolSize?: number | undefined;
  readonly cdpBasePort?: number | undefined;
  readonly headless?: boolean | undefined;
  readonly displays?: boolean | undefined;
  readonly cuaApps?: boolean | undefined;
  readonly tier?: Tier | undefined;
  readonly spares?: boolean | undefined;
}

/** The same request as words for a command line. */
export function poolWords(request: PoolRequest): string[] {
  const { poolSize, cdpBasePort, headless, displays, cuaApps, tier, spares } = request;
  const windows =
    displays === true ? '--displays' : cuaApps === true ? '--cua-apps' : headless === false ? '--headed' : '';
  const none = headless === true || (windows === '' && (displays === false || cuaApps === false));
  return [
    ...(poolSize === undefined ? [] : ['--pool-size', String(poolSize)]),
    ...(cdpBasePort === undefined ? [] : ['--cdp-base-port', String(cdpBasePort)]),
    ...(none ? ['--headless'] : windows === '' ? [] : [windows]),
    ...(tier === undefined ? [] : ['--tier', tier]),
    ...(spares === undefined ? [] : [spares ? '--spares' : '--no-spares']),
  ];
}
