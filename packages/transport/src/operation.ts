import type * as v from 'valibot';
import type { ErrorCode } from '@escarp/contract';
import type { OperationName, OperationRoute } from './routes.js';

/** Who may call: anyone who reaches the port, who has the API token, who has the operator's token. */
export type Access = 'public' | 'lease' | 'admin';

export type Operation<
  Name extends OperationName = OperationName,
  Input extends v.GenericSchema = v.GenericSchema,
  Output extends v.GenericSchema = v.GenericSchema,
> = OperationRoute & {
  name: Name;
  access: Access;
  /** One sentence, shown in the documents made from this definition. */
  summary: string;
  input: Input;
  output: Output;
  /** What this operation may answer with, beyond what the guard and the reading of the body may. */
  errors: readonly ErrorCode[];
};

/** What a handler knows about the request besides its input. */
export type Call = {
  /** Aborted the moment the client hangs up. */
  readonly signal: AbortSignal;
  /** What the request's token allows; without tokens configured, everything. */
  readonly access: Access;
  /** `undo` runs, once, if the reply cannot be written because the client has gone. A later one replaces it. */
  onUndelivered(undo: () => void): void;
};

/** Keeps the exact types of an operation's schemas. */
export const defineOperation = <
  const Name extends OperationName,
  Input extends v.GenericSchema,
  Output extends v.GenericSchema,
>(
  operation: Operation<Name, Input, Output>,
): Operation<Name, Input, Output> => operation;
