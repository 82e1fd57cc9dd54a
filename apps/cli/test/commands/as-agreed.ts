import { toWire } from '@escarp/transport/client';
import { expect } from 'vitest';
import type { EscarpHome, Json } from './escarp-home.js';

/** What can be asked of an operation's schema, whichever library created it. */
export interface Schema {
  readonly '~standard': { readonly validate: (value: unknown) => unknown };
}

interface Validation {
  readonly value?: unknown;
  readonly issues?: readonly { readonly message: string }[];
}

/** The whole document as the schema permits it, at every depth; throws for a value that the schema does not permit. */
export async function asAgreed(schema: Schema, document: unknown): Promise<Json> {
  const validation: Validation = (await schema['~standard'].validate(camelCased(document))) as Validation;
  if (validation.issues !== undefined) throw new Error(JSON.stringify(validation.issues, null, 2));
  return toWire(validation.value) as Json;
}

/** The document of a command; fails unless it matches the schema and contains nothing else. */
export async function documentAsAgreed(
  home: EscarpHome,
  schema: Schema,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Json> {
  const document = await home.json(args, env);
  expect(await asAgreed(schema, document)).toEqual(document);
  return document;
}

function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      camelCased(inner),
    ]),
  );
}
