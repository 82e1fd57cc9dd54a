import type { Call, Operation } from '../operation.js';
import { operations, type OperationHandlers } from '../operations/index.js';
import type { OperationName } from '../routes.js';
import { routerPath } from '../path-fields.js';
import { readInput } from '../wire/input.js';
import { outputWriter, type WriteOutput } from '../wire/output.js';
import { isFields, type Fields } from '../wire/fields.js';
import { HttpCall } from './http-call.js';
import { readJsonBody } from './read-body.js';
import { replyJson } from './reply.js';
import type { Route } from './route.js';

const bodyBytesMaxDefault = 64 * 1024;

export function operationRoutes(handlers: OperationHandlers, bodyBytesMax = bodyBytesMaxDefault): Route[] {
  return Object.values(operations).map(({ name, method, path, access, input, output }) => ({
    method,
    path: routerPath(path),
    access,
    answer: answerBy({
      method,
      input,
      bodyBytesMax,
      handler: handlerOf(handlers, name),
      write: outputWriter(output),
    }),
  }));
}

/** The input was made by the schema that the handler's type comes from, which the type system cannot follow here. */
type AnyHandler = (input: unknown, call: Call) => Promise<unknown>;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a name joins a handler and its schema.
const handlerOf = (handlers: OperationHandlers, name: OperationName) => handlers[name] as AnyHandler;

type Answering = Pick<Operation, 'method' | 'input'> & {
  bodyBytesMax: number;
  handler: AnyHandler;
  write: WriteOutput;
};

const answerBy =
  ({ method, input, bodyBytesMax, handler, write }: Answering): Route['answer'] =>
  async ({ request, access, outgoing, context }) => {
    const body = method === 'POST' ? await readJsonBody(request, bodyBytesMax) : {};
    const inPath: Fields = context.req.param();
    const call = new HttpCall(request, access, outgoing);
    const output = await handler(readInput(input, isFields(body) ? { ...body, ...inPath } : body), call);
    return call.deliver(() => replyJson(write(output)));
  };
