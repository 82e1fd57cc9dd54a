import { launchArguments } from './launch-arguments.js';
import type { Host } from './ports.js';
import { ownerArgument } from './process/owner-mark.js';
import type { OwnerMark } from './process/owner-mark.js';
import { slotMark } from './process/slot-processes.js';
import type { SlotPaths } from './slot-paths.js';
import type { LaunchCommand, LaunchPurpose, SlotSpec } from './slot.js';

/** One launch of one slot's browser, ready to be carried out. */
export interface LaunchPlan extends Omit<LaunchCommand, 'environment'> {
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly paths: SlotPaths;
}

/** Rejects with whatever the spec's own launch command rejects with. */
export async function launchPlan(
  spec: SlotSpec,
  paths: SlotPaths,
  host: Host,
  { mark, purpose }: { readonly mark: OwnerMark; readonly purpose: LaunchPurpose },
): Promise<LaunchPlan> {
  const chromeArguments = [ownerArgument(mark), ...launchArguments(spec, paths, host)];
  // The crash handler would otherwise write to the user's own Chrome folder, where no reset reaches it.
  const [name, value] = slotMark(paths);
  const env = { ...spec.env, TMPDIR: paths.tmp, BREAKPAD_DUMP_LOCATION: paths.crashes, [name]: value };
  const { port } = spec;
  if (spec.launchCommand === undefined) {
    return { command: spec.binary, arguments: chromeArguments, handsOver: false, env, port, paths };
  }
  const { environment, ...command } = await spec.launchCommand(chromeArguments, env, purpose);
  return { ...command, env: { ...withChanges(env, environment), [name]: value }, port, paths };
}

function withChanges(
  env: Readonly<Record<string, string>>,
  changes: LaunchCommand['environment'],
): Record<string, string> {
  const merged = Object.entries({ ...env, ...changes });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}
