/** The named fields of an object, in the order in which they are named. */
export function pickFields<T extends object, Name extends keyof T>(
  fields: T,
  names: readonly Name[],
): Pick<T, Name> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the names are the object's own.
  return Object.fromEntries(names.map((name) => [name, fields[name]])) as Pick<T, Name>;
}

/** The named fields, each null. */
export function nullFields<Name extends string>(names: readonly Name[]): Record<Name, null> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every name is given a null.
  return Object.fromEntries(names.map((name) => [name, null])) as Record<Name, null>;
}
