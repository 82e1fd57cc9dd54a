import { fromWireName, opaqueFields, toWireName, type Wire } from './names.js';

/** The contract's spelling of a value: `expiresAt` becomes `expires_at`, at every depth. */
export function toWire<Value>(value: Value): Wire<Value> {
  return spellOut(value) as Wire<Value>;
}

/**
 * The inverse of `toWire`, for values whose shape is not known yet. Fields that are not spelled as on the wire are
 * dropped.
 */
export function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire);
  if (typeof value !== 'object' || value === null) return value;
  const read: Record<string, unknown> = {};
  for (const wireName of Object.keys(value)) {
    const name = fromWireName(wireName);
    if (name === undefined) continue;
    const field = (value as Record<string, unknown>)[wireName];
    read[name] = opaqueFields.has(name) ? field : fromWire(field);
  }
  return read;
}

function spellOut(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(spellOut);
  const written: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const field = (value as Record<string, unknown>)[name];
    written[toWireName(name)] = opaqueFields.has(name) ? field : spellOut(field);
  }
  return written;
}
