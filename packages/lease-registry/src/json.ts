import { isInheritedName } from '@escarp/contract';

/** What survives a trip through the journal. */
export type Json = string | number | boolean | null | readonly Json[] | JsonRecord;

/** Data that the registry stores for its users and never reads. */
export interface JsonRecord {
  readonly [name: string]: Json | undefined;
}

/** No labels or attributes: one value for all who have none. */
export const none: Readonly<Record<string, never>> = Object.freeze({});

/** How many bytes a value takes as JSON in UTF-8, or somewhat more; allocates nothing. */
export function jsonBytes(value: unknown): number {
  if (typeof value === 'string') return textBytes(value);
  if (!isRecord(value)) return scalarBytesMax;
  let bytes = 2;
  for (const name in value) {
    const inner = value[name];
    if (inner !== undefined) bytes += textBytes(name) + 2 + jsonBytes(inner);
  }
  return bytes;
}

const scalarBytesMax = 24;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** With its quotation marks; half a surrogate pair counts as the escape that it is without the other half. */
export function textBytes(text: string): number {
  let bytes = text.length + 2;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || (unit >= 0xd800 && unit < 0xe000)) bytes += 5;
    else if (unit >= 0x800) bytes += 2;
    else if (unit === 0x22 || unit === 0x5c || unit >= 0x80) bytes += 1;
  }
  return bytes;
}

/** Whether a name is in it, at any depth, that every object has: such a name is lost or mistaken on the way. */
export function hasInheritedName(value: unknown): boolean {
  if (!isRecord(value)) return false;
  for (const name in value) {
    if (isInheritedName(name) || hasInheritedName(value[name])) return true;
  }
  return false;
}

/** As much of a text as takes at the most so many bytes, and a fourth less at the worst. */
export function shortened(text: string, bytesMax: number): string {
  let short = text.slice(0, bytesMax);
  while (textBytes(short) > bytesMax) short = short.slice(0, Math.floor(short.length * 0.75));
  return short;
}

/** Whether two JSON values say the same, whatever the order of their names. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isRecord(a) || !isRecord(b)) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => sameJson(a[name], b[name]));
}
