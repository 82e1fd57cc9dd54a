/** `expiresAt` to `expires_at`, in the type system. */
export type WireName<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${WireName<Tail>}`
  : Name;

/** Fields whose keys are users' data: their content crosses the wire unchanged. */
export type OpaqueField = 'labels';

/** A value as it is on the wire: the same value with every field's name in snake case. */
export type Wire<Value> = Value extends readonly (infer Item)[]
  ? Wire<Item>[]
  : Value extends object
    ? {
        [Name in keyof Value as Name extends string ? WireName<Name> : never]: Name extends OpaqueField
          ? Value[Name]
          : Wire<Value[Name]>;
      }
    : Value;

export const opaqueFields: ReadonlySet<string> = new Set<OpaqueField>(['labels']);

const capital = /[A-Z]/g;
const wireNames = new Map<string, string>();

/** These names come from this program's own types, so the cache of them stays as small as those types. */
export function toWireName(name: string): string {
  let wireName = wireNames.get(name);
  if (wireName === undefined) {
    wireName = name.replace(capital, (letter) => `_${letter.toLowerCase()}`);
    wireNames.set(name, wireName);
  }
  return wireName;
}

const wireNameShape = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const joint = /_([a-z0-9])/g;

/**
 * Undefined for anything but a wire name: there is one spelling, and `leaseToken` or `__proto__` is not it. Nothing is
 * cached, because these names come from outside.
 */
export function fromWireName(wireName: string): string | undefined {
  if (!wireNameShape.test(wireName)) return undefined;
  return wireName.includes('_')
    ? wireName.replace(joint, (_, letter: string) => letter.toUpperCase())
    : wireName;
}
