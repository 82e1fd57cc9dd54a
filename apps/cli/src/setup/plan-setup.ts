import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { findProgram, type Workstation } from '../workstation.js';
import { clients, type Client, type ClientId } from './client-table.js';
import {
  ownNames,
  registrationOf,
  supersededNames,
  type BrowserTool,
  type Launcher,
  type Registration,
} from './registration.js';
import { isExtended, isRegistered, readSettings, serversIn, withServers } from './settings-file.js';
import { SetupError } from './setup-error.js';

export interface SetupRequest {
  readonly client: ClientId;
  readonly launcher: Launcher;
  readonly browser?: BrowserTool;
  /** Instead, remove everything that setup ever registered. */
  readonly remove?: boolean;
}

export type SetupStep =
  /** The tool's own command line does it. */
  | { readonly kind: 'run'; readonly program: string; readonly args: readonly string[] }
  /** Setup writes the settings file; `before` is undefined if there is none yet. */
  | { readonly kind: 'edit'; readonly before: string | undefined; readonly after: string };

export interface SetupPlan {
  readonly title: string;
  /** The program or the folder by which the tool was found. */
  readonly foundAt: string;
  readonly settingsPath: string;
  readonly format: Client['settings'];
  /** Empty if everything is already as it should be. */
  readonly steps: readonly SetupStep[];
  /** What the tool starts once the steps are done. */
  readonly registrations: readonly Registration[];
  /** Names that are registered now, and are no longer once the steps are done. */
  readonly removed: readonly string[];
}

/** Only looks, and changes nothing. Throws `SetupError`. */
export async function planSetup(request: SetupRequest, machine: Workstation): Promise<SetupPlan> {
  const client = clients[request.client];
  const settingsPath = client.settings.path(machine);
  const program = await findProgram(client.program, machine);
  const foundAt = program ?? (await folderOf(settingsPath, machine));
  if (foundAt === undefined) throw notFound(client, settingsPath);

  const text = await readSettings(settingsPath);
  const servers = serversIn(text, client.settings);
  const wanted = request.remove ? [] : [registrationOf(request.launcher, request.browser)];
  const set = wanted.filter((one) => !isRegistered(servers[one.name], one));
  const present = (name: string) => Object.hasOwn(servers, name);
  // If a page server is registered separately, next to the page tools in escarp's, every tool exists twice.
  const unwanted = request.browser === undefined ? [] : supersededNames;
  const removed = (request.remove ? ownNames : unwanted).filter(present);
  const outdated = set.map(({ name }) => name).filter(present);

  const change = { set, removed, outdated };
  // The tool's own command line would replace an entry together with everything that its owner added to it.
  const replaces = outdated.some((name) => isExtended(servers[name]));
  const byCommand = replaces ? undefined : await commandSteps(client, program, change, machine);
  const steps = byCommand ?? editSteps(client, text, set, removed);
  const { title, settings: format } = client;
  return { title, foundAt, settingsPath, format, steps, registrations: wanted, removed };
}

interface Change {
  readonly set: readonly Registration[];
  readonly removed: readonly string[];
  /** Names that another command uses already. */
  readonly outdated: readonly string[];
}

/** Undefined if the tool's command line cannot make this change. */
async function commandSteps(
  { add, remove, probe }: Client,
  program: string | undefined,
  { set, removed, outdated }: Change,
  machine: Workstation,
): Promise<SetupStep[] | undefined> {
  const gone = [...removed, ...outdated];
  if (program === undefined || add === undefined || (remove === undefined && gone.length > 0))
    return undefined;
  if (set.length + gone.length > 0 && probe !== undefined) {
    const { exitCode } = await machine.run(program, probe, { timeoutMs: 20_000 });
    if (exitCode !== 0) return undefined;
  }
  const step = (args: readonly string[]): SetupStep => ({ kind: 'run', program, args });
  return [
    ...gone.flatMap((name) => (remove ? [step(remove(name))] : [])),
    ...set.map((one) => step(add(one))),
  ];
}

function editSteps(
  { settings }: Client,
  before: string | undefined,
  set: readonly Registration[],
  removed: readonly string[],
): SetupStep[] {
  if (set.length + removed.length === 0) return [];
  return [{ kind: 'edit', before, after: withServers(before, settings, set, removed) }];
}

/** The folder of the settings, which a tool creates when it first runs; the home itself proves nothing. */
async function folderOf(settingsPath: string, { home }: Workstation): Promise<string | undefined> {
  const place = dirname(settingsPath) === home ? settingsPath : dirname(settingsPath);
  return access(place).then(
    () => place,
    () => undefined,
  );
}

function notFound({ title, program }: Client, settingsPath: string): SetupError {
  const message = `${title} was not found: no "${program}" on the PATH, and no ${settingsPath}.`;
  return new SetupError(
    'client_not_found',
    message,
    `Install ${title} and start it once, then run setup again.`,
  );
}
