import type * as v from 'valibot';
import type { Call, Operation } from '../operation.js';
import type { OperationName } from '../routes.js';
import { acquire } from './acquire.js';
import { answer } from './answer.js';
import { approve } from './approve.js';
import { ask } from './ask.js';
import { control } from './control.js';
import { handoff } from './handoff.js';
import { healthz } from './healthz.js';
import { heartbeat } from './heartbeat.js';
import { login, loginDone, loginRemove, loginRename, logins, loginSave } from './logins.js';
import { poolAdd } from './pool-add.js';
import { poolRemove } from './pool-remove.js';
import { readyz } from './readyz.js';
import { reaped } from './reaped.js';
import { release } from './release.js';
import { revoke } from './revoke.js';
import { status } from './status.js';

/** Every operation of the API, by name. */
export const operations = {
  status,
  acquire,
  heartbeat,
  release,
  reaped,
  poolAdd,
  poolRemove,
  revoke,
  handoff,
  approve,
  control,
  ask,
  answer,
  logins,
  login,
  loginSave,
  loginDone,
  loginRename,
  loginRemove,
  healthz,
  readyz,
} satisfies { [Name in OperationName]: Operation<Name> };

type Operations = typeof operations;

/** What a caller passes, before validation. */
export type OperationRequest<Name extends OperationName> = v.InferInput<Operations[Name]['input']>;

/** What a handler receives, after validation. */
export type OperationInput<Name extends OperationName> = v.InferOutput<Operations[Name]['input']>;

/** What an operation returns. */
export type OperationOutput<Name extends OperationName> = v.InferOutput<Operations[Name]['output']>;

/** One function per operation; a missing one does not compile. Handlers throw errors of the contract as OperationError. */
export type OperationHandlers = {
  [Name in OperationName]: (input: OperationInput<Name>, call: Call) => Promise<OperationOutput<Name>>;
};
