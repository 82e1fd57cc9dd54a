import type * as v from 'valibot';
import type { ErrorCode } from '@escarp/contract';
import type { OperationName, OperationRoute } from './routes.js';

/** Who may call: `public` anyone, `lease` callers with the API token, `admin` callers with the admin token. */
export type Access = 'public' | 'lease' | 'admin';

/** One operation of the API: its route, access, schemas and errors. */
export type Operation<
  Name extends OperationName = OperationName,
  Input extends v.GenericSchema = v.GenericSchema,
  Output extends v.GenericSchema = v.GenericSchema,
> = OperationRoute & {
  name: Name;
  access: Access;
  /** One sentence for the generated documents. */
  summary: string;
  input: Input;
  output: Output;
  /** Errors of this operation, in addition to those of the guard and of reading the body. */
  errors: readonly ErrorCode[];
};

/** What a handler knows about a request besides its input. */
export type Call = {
  /** Aborted as soon as the client disconnects. */
  readonly signal: AbortSignal;
  /** The access that the request's token gives; `admin` if no tokens are configured. */
  readonly access: Access;
  /** Runs `undo`, once, if the reply cannot be sent because the client has gone. A second call replaces the first. */
  onUndelivered(undo: () => void): void;
};

/** Preserves the exact types of an operation's schemas. */
export const defineOperation = <
  const Name extends OperationName,
  Input extends v.GenericSchema,
  Output extends v.GenericSchema,
>(
  operation: Operation<Name, Input, Output>,
): Operation<Name, Input, Output> => operation;
