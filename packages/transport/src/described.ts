import * as v from 'valibot';

/**
 * A field with its meaning, units included: the one source for the document at /openapi.json, the MCP tools and the
 * documentation.
 */
export const described = <const Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.pipe(schema, v.description(description));
