import * as v from 'valibot';

/**
 * A field with what it means, units included: the one source for the document at /openapi.json, the tools of MCP and
 * the documentation.
 */
export const described = <const Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.pipe(schema, v.description(description));
