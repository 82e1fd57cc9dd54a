import { PoolError } from './errors.js';

/** Parsed JSON, or a browser's answer: an object of which nothing is known yet. */
export type PlainRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is PlainRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text at `name`. This and the functions below throw `devtools_error` if the browser sent something else. */
export function textOf(record: PlainRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : unexpected(name);
}

export function numberOf(record: PlainRecord, name: string): number {
  const value = record[name];
  return typeof value === 'number' ? value : unexpected(name);
}

export function recordOf(record: PlainRecord, name: string): PlainRecord {
  const value = record[name];
  return isRecord(value) ? value : unexpected(name);
}

export function listOf(record: PlainRecord, name: string): readonly unknown[] {
  const value = record[name];
  return Array.isArray(value) ? value : unexpected(name);
}

function unexpected(name: string): never {
  throw new PoolError('devtools_error', `The browser's answer has no usable ${name}.`, {
    details: { field: name },
  });
}
