type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Leaves out what was not given, which is not the same as given as undefined. */
export function omitUndefined<T extends object>(fields: T): Given<T> {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the entries are the object's own.
  return Object.fromEntries(kept) as Given<T>;
}
