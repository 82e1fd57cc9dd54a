import { parse, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { insertMember, isRecord, removeMember, replaceValue } from './json-members.js';
import { SetupError } from './setup-error.js';

const byteOrderMark = '\uFEFF';

/** Reads JSON; with comments and trailing commas unless `strict`. Empty text is an empty object. */
export function parseJsonSettings(text: string, strict = false): unknown {
  const errors: ParseError[] = [];
  const body = withoutMark(text);
  const options = strict ? { disallowComments: true } : { allowTrailingComma: true };
  const value: unknown = parse(body.trim() === '' ? '{}' : body, errors, options);
  const [error] = errors;
  if (error === undefined) return value;
  const line = body.slice(0, error.offset).split('\n').length;
  throw new SetupError(
    'settings_unreadable',
    `The settings are not valid JSON: ${printParseErrorCode(error.error)} in line ${line}.`,
    'Correct the file, or move it away, and run setup again.',
  );
}

/**
 * Sets or, with `undefined`, removes one member of an object of the settings. If the entry exists, only the members of
 * `value` change. Every other byte of the text stays. If a key occurs twice, the last one counts, as for every reader
 * of JSON.
 */
export function editJsonSettings(
  text: string,
  [under, name]: readonly [string, string],
  value: Readonly<Record<string, unknown>> | undefined,
): string {
  if (text.startsWith(byteOrderMark)) {
    return byteOrderMark + editJsonSettings(withoutMark(text), [under, name], value);
  }
  const base = text.trim() === '' ? '{}\n' : text;
  const servers = valueAt(base, [under]);
  if (value === undefined) return withoutEvery(base, under, name);
  if (servers === undefined) return insertMember(base, rootOf(base), under, { [name]: value });
  if (servers.type !== 'object') return replaceValue(base, servers, { [name]: value });
  const entry = valueAt(base, [under, name]);
  if (entry === undefined) return insertMember(base, servers, name, value);
  if (entry.type !== 'object') return replaceValue(base, entry, value);
  return Object.entries(value).reduce((edited, [member, wanted]) => {
    const place = [under, name, member] as const;
    return setMember(edited, place, wanted);
  }, base);
}

/** Otherwise a duplicate that was hidden so far would take effect. */
function withoutEvery(text: string, under: string, name: string): string {
  const servers = valueAt(text, [under]);
  const member = servers && lastMember(servers, name);
  if (servers === undefined || member === undefined) return text;
  return withoutEvery(removeMember(text, servers, member), under, name);
}

function setMember(text: string, path: readonly [...string[], string], value: unknown): string {
  const present = valueAt(text, path);
  if (present === undefined) {
    const parent = valueAt(text, path.slice(0, -1));
    return parent === undefined ? text : insertMember(text, parent, path.at(-1) ?? '', value);
  }
  if (!isRecord(value) || present.type !== 'object') return replaceValue(text, present, value);
  return Object.entries(value).reduce(
    (edited, [member, wanted]) => setMember(edited, [...path, member], wanted),
    text,
  );
}

function rootOf(text: string): Node {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root?.type === 'object') return root;
  throw new SetupError(
    'settings_unreadable',
    'The settings are not a JSON object.',
    'Correct the file, or move it away, and run setup again.',
  );
}

function valueAt(text: string, path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>(
    (object, name) => object && lastMember(object, name)?.children?.[1],
    rootOf(text),
  );
}

function lastMember(object: Node, name: string): Node | undefined {
  if (object.type !== 'object') return undefined;
  return object.children?.findLast(({ children }) => children?.[0]?.value === name);
}

const withoutMark = (text: string): string => (text.startsWith(byteOrderMark) ? text.slice(1) : text);
