import { chromeReady, isSameBrowser, startChrome } from './chrome-process.js';
import type { LaunchPlan } from './chrome-process.js';
import { connectDevtools } from './devtools/devtools-connection.js';
import { readBrowserVersion } from './devtools/devtools-endpoint.js';
import type { OwnSockets } from './devtools/own-sockets.js';
import { PoolError } from './errors.js';
import { launchArguments } from './launch-arguments.js';
import { readLaunchRecord, writeLaunchRecord } from './launch-record.js';
import type { LaunchRecord } from './launch-record.js';
import type { PoolLimits } from './limits.js';
import type { Host, PoolPorts } from './ports.js';
import { portOwner } from './process/port-owner.js';
import type { ProcessEntry, ProcessTable } from './process/process-table.js';
import { killSlotProcesses, slotBrowser } from './process/slot-processes.js';
import { prepareSlotDirectories } from './slot-directories.js';
import { readSlotFacts } from './slot-facts.js';
import type { SlotPaths } from './slot-paths.js';
import type { SlotFacts, SlotSpec } from './slot.js';

/** What launching and adopting need besides the slot itself. */
export interface SlotContext {
  readonly host: Host;
  readonly ports: PoolPorts;
  readonly limits: PoolLimits;
  readonly own: OwnSockets;
  readonly processes: ProcessTable;
  readonly launchGate: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A browser that has been proven to be the slot's and to answer. */
export interface RunningSlot {
  readonly record: LaunchRecord;
  readonly facts: SlotFacts;
}

/**
 * Finds the slot's browser alive: process and profile by the process table, the endpoint by its own answer. Resolves
 * with undefined when there is none, or it does not answer. A lost or stale record is written anew, because what
 * proves a browser ours is its profile path, not the record.
 */
export async function findRunningSlot(
  spec: SlotSpec,
  paths: SlotPaths,
  context: SlotContext,
): Promise<RunningSlot | undefined> {
  const entry = await slotBrowser(context.processes, paths);
  if (!entry || entry.isStopped) return undefined;
  try {
    const { version, wsUrl } = await readBrowserVersion(spec.port, context.own, context.limits.callMs);
    const previous = await readLaunchRecord(paths.record);
    if (previous?.wsUrl === wsUrl && isSameBrowser(entry, previous.pid, previous.processStartedAt, paths)) {
      return await withFacts(spec, previous, context);
    }
    if (!(await listensOn(spec.port, entry, context.host))) return undefined;
    const record = newRecord(spec, paths, entry, {
      version,
      wsUrl,
      previous,
      launchedAt: context.ports.now(),
      relaunchedAt: null,
    });
    await writeLaunchRecord(paths.record, record);
    return await withFacts(spec, record, context);
  } catch (error) {
    if (error instanceof PoolError && error.code === 'state_directory_unusable') throw error;
    return undefined;
  }
}

/** Launches the slot's browser on its profile as it is. Rejects with `port_taken` when a stranger has the port. */
export async function launchSlot(
  spec: SlotSpec,
  paths: SlotPaths,
  context: SlotContext,
  options: { readonly isRelaunch: boolean },
): Promise<RunningSlot> {
  return context.launchGate(async () => {
    await refuseTakenPort(spec.port, context.host);
    await prepareSlotDirectories(paths);
    const plan = launchPlan(spec, paths, context.host);
    const launchedAt = context.ports.now();
    const entry = await startChrome(plan, context);
    try {
      const answer = await chromeReady(plan, entry, context);
      const previous = await readLaunchRecord(paths.record);
      const relaunchedAt = options.isRelaunch ? launchedAt : null;
      const record = newRecord(spec, paths, entry, { ...answer, previous, launchedAt, relaunchedAt });
      await writeLaunchRecord(paths.record, record);
      return await withFacts(spec, record, context);
    } catch (error) {
      await killSlotProcesses(context.processes, paths, context.limits.killMs);
      throw error;
    }
  });
}

function launchPlan(spec: SlotSpec, paths: SlotPaths, host: Host): LaunchPlan {
  return {
    binary: spec.binary,
    arguments: launchArguments(spec, paths, host),
    // The crash handler would otherwise write to the user's own Chrome folder, where no reset reaches it.
    env: { ...spec.env, TMPDIR: paths.tmp, BREAKPAD_DUMP_LOCATION: paths.crashes },
    port: spec.port,
    paths,
  };
}

async function refuseTakenPort(port: number, host: Host): Promise<void> {
  const owner = await portOwner(port, host);
  if (!owner) return;
  const who =
    owner.pid === null ? 'another process' : `process ${owner.pid} (${owner.command ?? 'unknown command'})`;
  throw new PoolError('port_taken', `Port ${port} is in use by ${who}.`, { details: { port, ...owner } });
}

async function listensOn(port: number, entry: ProcessEntry, host: Host): Promise<boolean> {
  return (await portOwner(port, host))?.pid === entry.pid;
}

interface RecordSource {
  readonly version: string;
  readonly wsUrl: string;
  readonly previous: LaunchRecord | undefined;
  readonly launchedAt: number;
  readonly relaunchedAt: number | null;
}

function newRecord(
  spec: SlotSpec,
  paths: SlotPaths,
  entry: ProcessEntry,
  source: RecordSource,
): LaunchRecord {
  return {
    pid: entry.pid,
    processStartedAt: entry.startedAt,
    port: spec.port,
    profile: paths.profile,
    binary: spec.binary,
    version: source.version,
    wsUrl: source.wsUrl,
    headless: spec.headless,
    launchedAt: source.launchedAt,
    relaunchedAt: source.relaunchedAt,
    generation: (source.previous?.generation ?? 0) + 1,
  };
}

async function withFacts(
  spec: SlotSpec,
  record: LaunchRecord,
  { own, limits }: SlotContext,
): Promise<RunningSlot> {
  const connection = await connectDevtools(record.wsUrl, { own, callMs: limits.callMs });
  try {
    return { record, facts: await readSlotFacts(connection, spec, record) };
  } finally {
    connection.close();
  }
}
