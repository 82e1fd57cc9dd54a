type Path = readonly (string | number)[];

/** Part of a snapshot: a value, or the next items of a list, and where in the snapshot they belong. */
export type SnapshotPart =
  | { readonly at: Path; readonly value: unknown }
  | { readonly at: Path; readonly items: readonly unknown[] };

/**
 * A snapshot in pieces of at most this many items, so that none takes long to encode or exceeds the length of a record:
 * under the default limits an item has at most 140 kB.
 */
const itemsMax = 4;

/** Splits a plain JSON object into parts. Lists of lists of entries, as memories contain them, are split twice. */
export function* snapshotParts(value: unknown, at: Path = []): Generator<SnapshotPart> {
  if (Array.isArray(value)) {
    yield* listParts(value, at);
  } else if (isRecord(value) && (at.length === 0 || Object.values(value).some(Array.isArray))) {
    for (const [name, inner] of Object.entries(value)) yield* snapshotParts(inner, [...at, name]);
  } else if (value !== undefined) {
    yield { at, value };
  }
}

function* listParts(list: readonly unknown[], at: Path): Generator<SnapshotPart> {
  if (list.some(isListOfLists)) {
    yield { at, items: [] };
    for (const [index, inner] of list.entries()) yield* snapshotParts(inner, [...at, index]);
    return;
  }
  yield { at, items: list.slice(0, itemsMax) };
  for (let from = itemsMax; from < list.length; from += itemsMax) {
    yield { at, items: list.slice(from, from + itemsMax) };
  }
}

type Mutable = Record<string | number, unknown>;

/** The inverse: joins the parts, in order. */
export class SnapshotAssembly {
  readonly value: Mutable = {};

  add(part: SnapshotPart): void {
    let parent = this.value;
    for (const name of part.at.slice(0, -1)) parent = childOf(parent, name);
    const name = part.at.at(-1) ?? '';
    const list = parent[name];
    if ('value' in part) parent[name] = part.value;
    else if (Array.isArray(list)) list.push(...part.items);
    else parent[name] = [...part.items];
  }
}

function childOf(parent: Mutable, name: string | number): Mutable {
  const child = parent[name] ?? {};
  parent[name] = child;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a list is filled by index, an object by name.
  return child as Mutable;
}

function isListOfLists(value: unknown): boolean {
  return Array.isArray(value) && Array.isArray(value[0]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
