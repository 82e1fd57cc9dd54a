/** A JSON object as a program printed it. */
export type Json = Record<string, unknown>;
