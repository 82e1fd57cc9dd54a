import { errorBodySchema } from '../error-body.js';
import { errorTable, type ErrorCode } from '@escarp/contract';
import type { Operation } from '../operation.js';
import { operations } from '../operations/index.js';
import { pathFields } from '../path-fields.js';
import { toWireName } from '../wire/names.js';
import { wireSchema } from '../wire/json-schema.js';
import { replyJson } from './reply.js';
import type { Route } from './route.js';

const guardErrors = [
  'forbidden_host',
  'forbidden_origin',
  'unauthorized',
  'too_many_attempts',
] as const satisfies ErrorCode[];
const bodyErrors = [
  'unsupported_media_type',
  'body_too_large',
  'bad_json',
  'bad_request',
] as const satisfies ErrorCode[];

/** Created on demand, because hardly anyone asks for it. */
export function openApiRoute(version: string): Route {
  let document: object | undefined;
  return {
    method: 'GET',
    path: '/openapi.json',
    access: 'public',
    answer: () => replyJson((document ??= openApi(version))),
  };
}

/** The operations as an OpenAPI 3.1 document, made from the same schemas that check them. */
export function openApi(version: string): object {
  return {
    openapi: '3.1.0',
    info: { title: 'escarp', version, license: { name: 'MIT', identifier: 'MIT' } },
    paths: pathsOf(Object.values(operations)),
    components: {
      schemas: { Error: wireSchema(errorBodySchema, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function pathsOf(described: readonly Operation[]): Record<string, object> {
  const paths: Record<string, object> = {};
  for (const operation of described)
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describe(operation),
    };
  return paths;
}

function describe({ name, summary, access, method, path, input, output, errors }: Operation): object {
  const { parameters, body } = inputOf(path, wireSchema(input, 'input'));
  return {
    operationId: name,
    summary,
    // If no token is configured, none is needed.
    security: access === 'public' ? [] : [{}, { token: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(method === 'POST' ? { requestBody: { required: true, ...json(body) } } : {}),
    responses: {
      200: { description: summary, ...json(wireSchema(output, 'output')) },
      ...errorResponses([...guardErrors, ...errorsOfInput(method, path), ...errors, 'internal']),
    },
  };
}

/** The fields in the path become parameters, and the others the body. */
function inputOf(path: string, schema: object): { parameters: object[]; body: object } {
  const fields = pathFields(path).map(toWireName);
  if (fields.length === 0) return { parameters: [], body: schema };
  const { properties = {}, required = [], ...rest } = schema as ObjectSchema;
  const parameters = fields.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] ?? {},
  }));
  const others = Object.entries(properties).filter(([name]) => !fields.includes(name));
  const needed = required.filter((name) => !fields.includes(name));
  return { parameters, body: { ...rest, properties: Object.fromEntries(others), required: needed } };
}

type ObjectSchema = { properties?: Record<string, object>; required?: string[] };

function errorsOfInput(method: string, path: string): readonly ErrorCode[] {
  if (method === 'POST') return bodyErrors;
  return path.includes('{') ? ['bad_request'] : [];
}

function errorResponses(codes: readonly ErrorCode[]): object {
  const statuses = [...new Set(codes.map((code) => errorTable[code].status))].toSorted((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: codes
          .filter((code) => errorTable[code].status === status)
          .map((code) => `${code}: ${errorTable[code].message}`)
          .join('\n'),
        ...json({ $ref: '#/components/schemas/Error' }),
      },
    ]),
  );
}

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
