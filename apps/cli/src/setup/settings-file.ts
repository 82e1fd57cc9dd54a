import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '@escarp/contract';
import { stringify } from 'smol-toml';
import type { Client } from './client-table.js';
import { isRecord } from './json-members.js';
import { editJsonSettings, parseJsonSettings } from './json-settings.js';
import type { Registration } from './registration.js';
import { SetupError } from './setup-error.js';
import { editTomlSettings, parseTomlSettings } from './toml-settings.js';

type Format = Client['settings'];
type Settings = Record<string, unknown>;

/** The text of a settings file, or undefined if there is none. */
export async function readSettings(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isRecord(cause) && cause['code'] === 'ENOENT') return undefined;
    const message = `${path} cannot be read: ${messageOf(cause)}`;
    throw new SetupError('settings_unreadable', message, 'Check who owns the file and its mode.', cause);
  }
}

/** The servers named in the settings, as the client reads them. */
export function serversIn(text: string | undefined, format: Format): Settings {
  const settings = parsed(text, format);
  const servers = isRecord(settings) ? (settings[format.under] ?? {}) : undefined;
  if (isRecord(servers)) return servers;
  const hint = `Make "${format.under}" an object that has a member for each server.`;
  throw new SetupError(
    'settings_unreadable',
    `The settings hold something else than servers in "${format.under}".`,
    hint,
  );
}

/**
 * The settings with these servers set and those removed. What else is in an entry of ours stays: its environment and
 * timeouts are the user's. The result is read again as the client will read it.
 *
 * @throws SetupError `settings_unreadable` if an edit would not have the intended effect, or also another one.
 */
export function withServers(
  text: string | undefined,
  format: Format,
  set: readonly Registration[],
  removed: readonly string[],
): string {
  const edit = format.format === 'json' ? editJsonSettings : editTomlSettings;
  const servers = serversIn(text, format);
  const changes: [string, Settings | undefined][] = [
    ...removed.map((name): [string, undefined] => [name, undefined]),
    ...set.map((one): [string, Settings] => [one.name, entryOf(one, format)]),
  ];
  const after = changes.reduce(
    (result, [name, entry]) => edit(result, [format.under, name], entry),
    text ?? '',
  );
  if (!isAsWanted(text, after, format, wantedServers(servers, changes))) throw uneditable(format, changes);
  return after;
}

/**
 * Whether the settings start exactly this command, with at least this environment; the rest of an entry belongs to its
 * owner.
 */
export function isRegistered(entry: unknown, { command, args, env }: Registration): boolean {
  if (!isRecord(entry) || entry['command'] !== command) return false;
  const found = entry['env'] ?? {};
  if (!isRecord(found) || Object.entries(env).some(([name, value]) => found[name] !== value)) return false;
  return isDeepStrictEqual(entry['args'] ?? [], [...args]);
}

/** Whether an entry contains more than setup wrote, which the client's own command line would lose. */
export function isExtended(entry: unknown): boolean {
  return isRecord(entry) && Object.keys(entry).some((name) => !['type', 'command', 'args'].includes(name));
}

function entryOf({ command, args, env }: Registration, { typed }: Format): Settings {
  return {
    ...(typed ? { type: 'stdio' } : {}),
    command,
    args: [...args],
    ...(Object.keys(env).length === 0 ? {} : { env: { ...env } }),
  };
}

function wantedServers(
  servers: Settings,
  changes: readonly (readonly [string, Settings | undefined])[],
): Settings {
  const wanted = new Map(Object.entries(servers));
  for (const [name, entry] of changes) {
    if (entry === undefined) wanted.delete(name);
    else wanted.set(name, merged(wanted.get(name), entry));
  }
  return Object.fromEntries(wanted);
}

function merged(before: unknown, entry: Settings): Settings {
  if (!isRecord(before)) return entry;
  const environment =
    isRecord(before['env']) && isRecord(entry['env']) ? { ...before['env'], ...entry['env'] } : undefined;
  return { ...before, ...entry, ...(environment && { env: environment }) };
}

function isAsWanted(before: string | undefined, after: string, format: Format, servers: Settings): boolean {
  try {
    const { [format.under]: _, ...rest } = recordOf(parsed(before, format));
    const { [format.under]: found = {}, ...foundRest } = recordOf(parsed(after, format));
    return same(rest, foundRest) && same(servers, found);
  } catch {
    return false;
  }
}

function parsed(text: string | undefined, { format, strict }: Format): unknown {
  return format === 'json' ? parseJsonSettings(text ?? '', strict) : parseTomlSettings(text ?? '');
}

function uneditable(
  { under, format }: Format,
  changes: readonly (readonly [string, Settings | undefined])[],
): SetupError {
  const set = Object.fromEntries(changes.filter(([, entry]) => entry !== undefined));
  const removed = changes.filter(([, entry]) => entry === undefined).map(([name]) => `${under}.${name}`);
  const added = { [under]: set };
  const text = format === 'json' ? JSON.stringify(added, undefined, 2) : stringify(added);
  return new SetupError(
    'settings_unreadable',
    `The settings spell "${under}" in a way that setup cannot edit safely.`,
    removed.length > 0 ? `Remove ${removed.join(' and ')} by hand.` : `Add this by hand:\n${text}`,
  );
}

const recordOf = (value: unknown): Settings => (isRecord(value) ? value : {});

// A TOML parser's tables have no prototype, which a strict comparison would count as a difference.
const same = (left: unknown, right: unknown): boolean =>
  isDeepStrictEqual(structuredClone(left), structuredClone(right));
