import type { Broker } from '../broker.js';

/** What it takes to hand a command to the registry and to put its refusal into words. */
export type Submission = Pick<Broker, 'registry' | 'journal' | 'metrics' | 'known' | 'options'>;

/** What holders' and operators' handlers of leases use. */
export type LeaseOperations = Submission &
  Pick<
    Broker,
    | 'tokens'
    | 'feed'
    | 'slots'
    | 'stopping'
    | 'logins'
    | 'loginSessions'
    | 'preparing'
    | 'screenshots'
    | 'untold'
  >;

/** What the handlers of saved logins use. */
export type LoginOperations = Submission &
  Pick<Broker, 'tokens' | 'slots' | 'stopping' | 'logins' | 'announceLogin'>;

/** What changes of the pool use. */
export type PoolOperations = Submission & Pick<Broker, 'feed' | 'slots' | 'poolRecord' | 'stopping'>;

/** What questions about the pool use. */
export type StatusOperations = Pick<
  Broker,
  'registry' | 'journal' | 'known' | 'slots' | 'options' | 'stopping'
>;
