/** A JSON object, as opposed to an array or a plain value. */
export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of a JSON object; none of anything else. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
