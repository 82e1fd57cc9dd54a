import * as v from 'valibot';
import type { ErrorCode } from '@escarp/contract';
import { OperationError } from '@escarp/contract';
import { repeatable } from '../plain-text.js';
import { isFields, type Fields } from './fields.js';
import { fromWireName, toWireName } from './names.js';

/** Fields that are forgotten so often that their absence has a code of its own. */
const absenceCodes: Readonly<Record<string, ErrorCode>> = {
  holder: 'missing_holder',
  leaseToken: 'missing_lease_token',
  slot: 'missing_slot',
};

/**
 * A request's body as the schema's output. A field that is null counts as absent, and one the schema does not know is
 * ignored, so that older servers understand newer clients.
 *
 * @throws OperationError `bad_json`, `missing_*`, or `bad_request` that names the field.
 */
export function readInput<Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
): v.InferOutput<Schema> {
  return parseInput(schema, presentFields(body));
}

/** The same for input that is in camel case already, such as a call inside the daemon. */
export function parseInput<Schema extends v.GenericSchema>(
  schema: Schema,
  fields: Fields,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, fields, { abortEarly: true, abortPipeEarly: true });
  if (result.success) {
    refuseLostNames(fields, result.output);
    return result.output;
  }
  throw inputError(result.issues[0], fields);
}

/** One level is enough, because inputs are flat; and no depth of nesting can then exhaust the stack. */
function presentFields(body: unknown): Fields {
  if (!isFields(body)) throw new OperationError('bad_json');
  const present: Fields = {};
  for (const wireName of Object.keys(body)) {
    const name = body[wireName] === null ? undefined : fromWireName(wireName);
    if (name !== undefined) present[name] = body[wireName];
  }
  return present;
}

/** Valibot leaves names such as `__proto__` out of a record, without an issue, and takes a list for one. */
function refuseLostNames(fields: Fields, output: unknown): void {
  if (!isFields(output)) return;
  for (const [field, read] of Object.entries(output)) {
    const given = fields[field];
    if (!isFields(read)) continue;
    const name = toWireName(field);
    if (Array.isArray(given)) throw badField(name, 'must be an object, not a list');
    if (!isFields(given)) continue;
    const lost = Object.keys(given).find((each) => !Object.hasOwn(read, each));
    if (lost === undefined) continue;
    throw badField(name, `must not have the key ${lost}, which every object has`);
  }
}

function inputError(issue: v.BaseIssue<unknown>, fields: Fields): OperationError {
  const key = issue.path?.[0]?.key;
  const field = typeof key === 'string' ? key : '';
  const absent = fields[field] === undefined || fields[field] === '';
  const absenceCode = absent && Object.hasOwn(absenceCodes, field) ? absenceCodes[field] : undefined;
  if (absenceCode !== undefined) return new OperationError(absenceCode);
  const name = toWireName(field);
  const problem = fields[field] === undefined ? 'is missing' : problemOf(issue);
  return badField(name, problem);
}

function badField(name: string, problem: string): OperationError {
  return new OperationError('bad_request', {
    message: repeatable(`The field ${name} ${problem}.`),
    details: { field: name },
  });
}

/** Valibot's own wording is for programmers, and not for whoever types a command or sends a request. */
function problemOf({ message, type, requirement }: v.BaseIssue<unknown>): string {
  if (!message.startsWith('Invalid ')) return message;
  switch (type) {
    case 'min_value':
      return `must be ${String(requirement)} or more`;
    case 'max_value':
      return `must be ${String(requirement)} or less`;
    case 'max_length':
      return `must have a length of ${String(requirement)} or less`;
    case 'min_length':
      return `must have a length of ${String(requirement)} or more`;
    default:
      return 'has a value that is not allowed';
  }
}
