import { isFields, type Fields } from './fields.js';
import { fromWireName, opaqueFields, toWireName, type Wire } from './names.js';

/** The contract's spelling of a value: `expiresAt` becomes `expires_at`, at every depth. */
export function toWire<Value>(value: Value): Wire<Value> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the checker cannot follow names made by a rule.
  return spellOut(value) as Wire<Value>;
}

/**
 * The inverse of `toWire`, for values whose shape is not known yet. Fields that are not spelled as on the wire are
 * dropped.
 */
export function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire);
  if (!isFields(value)) return value;
  const read: Fields = {};
  for (const wireName of Object.keys(value)) {
    const name = fromWireName(wireName);
    if (name === undefined) continue;
    read[name] = opaqueFields.has(name) ? value[wireName] : fromWire(value[wireName]);
  }
  return read;
}

function spellOut(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spellOut);
  if (!isFields(value)) return value;
  const written: Fields = {};
  for (const name of Object.keys(value)) {
    written[toWireName(name)] = opaqueFields.has(name) ? value[name] : spellOut(value[name]);
  }
  return written;
}
