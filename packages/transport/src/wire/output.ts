import type * as v from 'valibot';
import { toWire } from './convert.js';
import { isFields, type Fields } from './fields.js';
import { toWireName } from './names.js';

export type WriteOutput = (value: unknown) => unknown;

/**
 * Spells an operation's output as on the wire, and writes only what its schema names, so that no token slips out in an
 * object that has more fields than its type. Built once per schema: a heartbeat must not cost a validation.
 */
export function outputWriter(schema: v.GenericSchema): WriteOutput {
  if (isObject(schema)) return fieldsWriter(schema.entries);
  if (isArray(schema)) return listWriter(outputWriter(schema.item));
  if (isNullable(schema)) return outputWriter(schema.wrapped);
  return toWire;
}

function fieldsWriter(entries: v.ObjectEntries): WriteOutput {
  const fields = Object.entries(entries).map(([name, schema]) => ({
    name,
    wireName: toWireName(name),
    write: isPlain(schema) ? undefined : outputWriter(schema),
  }));
  return (value) => {
    if (!isFields(value)) return value;
    const written: Fields = {};
    for (const { name, wireName, write } of fields) {
      written[wireName] = write === undefined ? value[name] : write(value[name]);
    }
    return written;
  };
}

const listWriter =
  (write: WriteOutput): WriteOutput =>
  (value) =>
    Array.isArray(value) ? value.map(write) : value;

type AnyObjectSchema = v.ObjectSchema<v.ObjectEntries, undefined>;
type AnyArraySchema = v.ArraySchema<v.GenericSchema, undefined>;
type AnyNullableSchema = v.NullableSchema<v.GenericSchema, undefined>;

const isObject = (schema: v.GenericSchema): schema is AnyObjectSchema => schema.type === 'object';
const isArray = (schema: v.GenericSchema): schema is AnyArraySchema => schema.type === 'array';
const isNullable = (schema: v.GenericSchema): schema is AnyNullableSchema =>
  schema.type === 'nullable' || schema.type === 'optional';

const plainTypes: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'literal', 'picklist']);

const isPlain = (schema: v.GenericSchema): boolean =>
  plainTypes.has(schema.type) || (isNullable(schema) && isPlain(schema.wrapped));
