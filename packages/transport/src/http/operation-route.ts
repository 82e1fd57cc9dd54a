import * as v from 'valibot';
import type { Call, Operation } from '../operation.js';
import { operations, type OperationHandlers } from '../operations/index.js';
import type { OperationName } from '../routes.js';
import { toWire } from '../wire/convert.js';
import { readInput } from '../wire/input.js';
import { HttpCall } from './http-call.js';
import { readJsonBody } from './read-body.js';
import { replyJson } from './reply.js';
import type { Route, RouteRequest } from './route.js';

const bodyBytesMaxDefault = 64 * 1024;

export function operationRoutes(handlers: OperationHandlers, bodyBytesMax = bodyBytesMaxDefault): Route[] {
  return Object.values(operations).map((operation) => {
    const handler = handlerOf(handlers, operation.name);
    return {
      method: operation.method,
      path: operation.path,
      access: operation.access,
      answer: (asked) => answer(operation, handler, asked, bodyBytesMax),
    };
  });
}

/** The schema that made the input is the one the handler was typed with, which the type system cannot follow here. */
type AnyHandler = (input: unknown, call: Call) => Promise<unknown>;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a name joins a handler and its schema.
const handlerOf = (handlers: OperationHandlers, name: OperationName) => handlers[name] as AnyHandler;

async function answer(
  operation: Operation,
  handler: AnyHandler,
  { request, access, outgoing }: RouteRequest,
  bodyBytesMax: number,
): Promise<Response> {
  const body = operation.method === 'GET' ? {} : await readJsonBody(request, bodyBytesMax);
  const input = readInput(operation.input, body);
  const call = new HttpCall(request, access, outgoing);
  const output = await handler(input, call);
  // Parsing the output drops every field the contract does not name, so that no token slips out with a wider object.
  return call.deliver(() => replyJson(toWire(v.parse(operation.output, output))));
}
