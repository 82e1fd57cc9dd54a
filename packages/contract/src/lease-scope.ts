/**
 * Who asks for a lease. `holder` is a label a person can recognise, not a secret; `tenant`, `run` and `client` narrow
 * it down for quotas and logs.
 */
export type LeaseScope = {
  readonly holder: string;
  readonly tenant?: string | undefined;
  readonly run?: string | undefined;
  readonly client?: string | undefined;
};
