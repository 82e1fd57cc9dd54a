import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { isFields, type Fields } from './fields.js';
import { toWireName } from './names.js';

/** What a schema reads or writes, as JSON Schema, with the wire's names. */
export function wireSchema(schema: v.GenericSchema, typeMode: 'input' | 'output'): JsonSchema {
  // What a transformation makes of the input is no concern of the sender.
  const { $schema: _, ...described } = toJsonSchema(schema, {
    typeMode,
    target: 'draft-2020-12',
    errorMode: 'ignore',
  });
  return renamed(described);
}

function renamed(schema: JsonSchema): JsonSchema {
  const copy: Fields = {};
  for (const [keyword, value] of Object.entries(schema)) copy[keyword] = renamedKeyword(keyword, value);
  return copy;
}

function renamedKeyword(keyword: string, value: unknown): unknown {
  if (keyword === 'required' && Array.isArray(value)) return value.map((name) => toWireName(String(name)));
  if (keyword === 'properties' && isFields(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        toWireName(name),
        isFields(inner) ? renamed(inner) : inner,
      ]),
    );
  }
  if (Array.isArray(value))
    return value.map((inner) => (isFields(inner) ? renamed(inner) : (inner as unknown)));
  return isFields(value) ? renamed(value) : value;
}
