/**
 * Who asks for a lease. `holder` is a label a person can recognise, not a secret; `tenant`, `run` and `client` narrow
 * it down for quotas and logs.
 */
export type LeaseScope = {
  holder: string;
  tenant?: string | undefined;
  run?: string | undefined;
  client?: string | undefined;
};
