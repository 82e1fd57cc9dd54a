import { readFile } from 'node:fs/promises';
import type { Client } from './client-table.js';
import { editJsonSettings, parseJsonSettings } from './json-settings.js';
import type { Registration } from './registration.js';
import { SetupError } from './setup-error.js';
import { editTomlSettings, parseTomlSettings } from './toml-settings.js';

/** The text of a settings file, or undefined if there is none. */
export async function readSettings(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isRecord(cause) && cause['code'] === 'ENOENT') return undefined;
    const message = `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new SetupError('settings_unreadable', message, 'Check who owns the file and its mode.', cause);
  }
}

/** The servers that the settings name. */
export function serversIn(
  text: string | undefined,
  { format, under }: Client['settings'],
): Record<string, unknown> {
  const settings = (format === 'json' ? parseJsonSettings : parseTomlSettings)(text ?? '');
  const servers = isRecord(settings) ? (settings[under] ?? {}) : undefined;
  if (isRecord(servers)) return servers;
  const hint = `Make "${under}" an object that has a member for each server.`;
  throw new SetupError(
    'settings_unreadable',
    `The settings hold something else than servers in "${under}".`,
    hint,
  );
}

/** The settings with these servers set and those removed. */
export function withServers(
  text: string | undefined,
  settings: Client['settings'],
  set: readonly Registration[],
  removed: readonly string[],
): string {
  const edit = settings.format === 'json' ? editJsonSettings : editTomlSettings;
  const entries: [string, Record<string, unknown> | undefined][] = [
    ...removed.map((name): [string, undefined] => [name, undefined]),
    ...set.map((one): [string, Record<string, unknown>] => [one.name, entryOf(one, settings)]),
  ];
  return entries.reduce((result, [name, entry]) => edit(result, [settings.under, name], entry), text ?? '');
}

/** Whether the settings start this very command; what else an entry says is its owner's. */
export function isRegistered(entry: unknown, { command, args }: Registration): boolean {
  if (!isRecord(entry) || entry['command'] !== command) return false;
  const found = entry['args'] ?? [];
  return Array.isArray(found) && JSON.stringify(found) === JSON.stringify(args);
}

function entryOf({ command, args }: Registration, { typed }: Client['settings']): Record<string, unknown> {
  return { ...(typed ? { type: 'stdio' } : {}), command, args: [...args] };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
