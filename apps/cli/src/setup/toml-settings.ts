import { parse, stringify } from 'smol-toml';
import { SetupError } from './setup-error.js';

export function parseTomlSettings(text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const hint = 'Correct the file, or move it away, and run setup again.';
    const [message] = cause instanceof Error ? cause.message.split('\n') : [String(cause)];
    throw new SetupError('settings_unreadable', `The settings are not valid TOML: ${message}`, hint, cause);
  }
}

/**
 * Sets or, with `undefined`, removes the table `[under.name]`; if the table exists, only the keys of `value` change. No
 * other line is touched. A file may spell the same table in ways that cannot be edited line by line, so the caller must
 * read the result again.
 */
export function editTomlSettings(
  text: string,
  [under, name]: readonly [string, string],
  value: Readonly<Record<string, unknown>> | undefined,
): string {
  if (value === undefined) return withoutTable(text, under, name);
  const lines = text.split('\n');
  const header = lines.findIndex((line) => isHeaderOf(line, [under, name]));
  if (header === -1) return joined(text, stringify({ [under]: { [name]: value } }));
  const edited = Object.entries(value).reduce(
    (result, [key, wanted]) => withKey(result, [under, name], key, wanted),
    lines,
  );
  return edited.join('\n');
}

function joined(text: string, table: string): string {
  if (text === '') return table;
  return `${text.endsWith('\n') ? text : `${text}\n`}\n${table}`;
}

/** Sets a key of an existing table. A table below it, such as the environment, may have a header of its own. */
function withKey(lines: readonly string[], table: readonly string[], key: string, value: unknown): string[] {
  const own = lines.findIndex((line) => isHeaderOf(line, [...table, key]));
  if (own !== -1 && isTable(value)) {
    return Object.entries(value).reduce<string[]>(
      (result, [member, wanted]) => withKey(result, [...table, key], member, wanted),
      [...lines],
    );
  }
  const header = lines.findIndex((line) => isHeaderOf(line, table));
  const end = lines.findIndex((line, at) => at > header && headerOf(line) !== undefined);
  const last = end === -1 ? lines.length : end;
  const start = lines.findIndex((line, at) => at > header && at < last && keyOf(line) === key);
  if (start === -1) return lines.toSpliced(header + 1, 0, `${spelled(key)} = ${inline(value)}`);
  const length = lengthOfAssignment(lines.slice(start, last));
  const present = assigned(lines.slice(start, start + length), key);
  const wanted = isTable(value) && isTable(present) ? { ...present, ...value } : value;
  return lines.toSpliced(start, length, `${spelled(key)} = ${inline(wanted)}`);
}

/** A value may extend over several lines: it ends with the first line after which it can be parsed. */
function lengthOfAssignment(lines: readonly string[]): number {
  const whole = lines.findIndex((_, at) => isReadable(lines.slice(0, at + 1).join('\n')));
  return whole === -1 ? 1 : whole + 1;
}

function isReadable(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function assigned(lines: readonly string[], key: string): unknown {
  const text = lines.join('\n');
  return isReadable(text) ? parse(text)[key] : undefined;
}

/** Deletes the lines of the table and of its subtables, and the empty line that setup put before it. */
function withoutTable(text: string, under: string, name: string): string {
  const kept: string[] = [];
  let dropping = false;
  for (const line of text.split('\n')) {
    const header = headerOf(line);
    if (header !== undefined) {
      const wasDropping = dropping;
      dropping = header[0] === under && header[1] === name;
      if (dropping && !wasDropping && kept.at(-1) === '') kept.pop();
    }
    // A comment or an empty line after the table's last key belongs to what follows.
    if (!dropping || (line.trim() === '' && kept.at(-1) !== '') || line.trimStart().startsWith('#'))
      kept.push(line);
  }
  return kept.join('\n');
}

function isHeaderOf(line: string, table: readonly string[]): boolean {
  const header = headerOf(line);
  return header?.length === table.length && header.every((part, at) => part === table[at]);
}

function headerOf(line: string): string[] | undefined {
  const header = /^\s*\[\[?\s*(.+?)\s*\]\]?\s*(#.*)?$/.exec(line)?.[1];
  return header?.split('.').map((part) => part.trim().replaceAll(/^["']|["']$/g, ''));
}

function keyOf(line: string): string | undefined {
  return /^\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*=/
    .exec(line)
    ?.slice(1)
    .find((name) => name !== undefined);
}

const spelled = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

/** JSON strings are also TOML strings. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isTable(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, each]) => `${spelled(key)} = ${inline(each)}`);
  return `{ ${members.join(', ')} }`;
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
