import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'smol-toml';
import { SetupError } from './setup-error.js';

export function parseTomlSettings(text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const hint = 'Mend the file, or move it away, and run setup again.';
    const [message] = cause instanceof Error ? cause.message.split('\n') : [String(cause)];
    throw new SetupError('settings_unreadable', `The settings are not valid TOML: ${message}`, hint, cause);
  }
}

/**
 * Sets or, with `undefined`, removes the table `[under.name]`, and touches no other line. The result is read again and
 * compared, because a file may spell the same table in ways that cannot be edited line by line; such a file is refused.
 */
export function editTomlSettings(
  text: string,
  [under, name]: readonly [string, string],
  value: Readonly<Record<string, unknown>> | undefined,
): string {
  const without = withoutTable(text, under, name);
  const table = value === undefined ? undefined : stringify({ [under]: { [name]: value } });
  const edited = table === undefined ? without : joined(without, table);
  if (isWanted(text, edited, under, name, value)) return edited;
  throw new SetupError(
    'settings_unreadable',
    `The settings spell ${under} in a way that setup does not edit.`,
    table === undefined ? `Remove ${under}.${name} by hand.` : `Add this by hand:\n${table}`,
  );
}

function joined(text: string, table: string): string {
  if (text === '') return table;
  return `${text.endsWith('\n') ? text : `${text}\n`}\n${table}`;
}

/** Drops the lines of the table and of its subtables, and the empty line that setup put before it. */
function withoutTable(text: string, under: string, name: string): string {
  const kept: string[] = [];
  let dropping = false;
  for (const line of text.split('\n')) {
    const header = /^\s*\[\[?\s*(.+?)\s*\]\]?\s*(#.*)?$/.exec(line)?.[1];
    if (header !== undefined) {
      const wasDropping = dropping;
      dropping = isWithin(header, under, name);
      if (dropping && !wasDropping && kept.at(-1) === '') kept.pop();
    }
    // A comment or an empty line after the table's last key belongs to what follows.
    if (!dropping || (line.trim() === '' && kept.at(-1) !== '') || line.trimStart().startsWith('#'))
      kept.push(line);
  }
  return kept.join('\n');
}

function isWithin(header: string, under: string, name: string): boolean {
  const parts = header.split('.').map((part) => part.trim().replaceAll(/^["']|["']$/g, ''));
  return parts[0] === under && parts[1] === name;
}

function isWanted(
  before: string,
  after: string,
  under: string,
  name: string,
  value: Readonly<Record<string, unknown>> | undefined,
): boolean {
  try {
    const wanted = membersOf(parse(before));
    const servers = membersOf(wanted[under]);
    delete servers[name];
    if (value !== undefined) servers[name] = value;
    const found = membersOf(parse(after));
    const { [under]: wantedServers, ...wantedRest } = { ...wanted, [under]: servers };
    const { [under]: foundServers, ...foundRest } = found;
    return same(wantedRest, foundRest) && same(wantedServers, membersOf(foundServers));
  } catch {
    return false;
  }
}

const membersOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

// The parser's tables have no prototype, which a strict comparison would count as a difference.
const same = (left: unknown, right: unknown): boolean =>
  isDeepStrictEqual(structuredClone(left), structuredClone(right));
