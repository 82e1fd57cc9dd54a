import { errorBodySchema } from '../error-body.js';
import { errorTable, type ErrorCode } from '@escarp/contract';
import type { Operation } from '../operation.js';
import { operations } from '../operations/index.js';
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

/** Made when it is first asked for, because hardly anyone does. */
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
    paths: Object.fromEntries(
      Object.values(operations).map((operation) => [
        operation.path,
        { [operation.method.toLowerCase()]: describe(operation) },
      ]),
    ),
    components: {
      schemas: { Error: wireSchema(errorBodySchema, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function describe({ name, summary, access, method, input, output, errors }: Operation): object {
  return {
    operationId: name,
    summary,
    // Without a token configured, none is needed.
    security: access === 'public' ? [] : [{}, { token: [] }],
    ...(method === 'POST' ? { requestBody: { required: true, ...json(wireSchema(input, 'input')) } } : {}),
    responses: {
      200: { description: summary, ...json(wireSchema(output, 'output')) },
      ...errorResponses([...guardErrors, ...(method === 'POST' ? bodyErrors : []), ...errors, 'internal']),
    },
  };
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
