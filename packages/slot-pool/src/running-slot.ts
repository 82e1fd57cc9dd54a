import { setTimeout as pause } from 'node:timers/promises';
import type { Trash } from '@escarp/owned-files';
import { launchChrome } from './chrome-process.js';
import type { LaunchedChrome } from './chrome-process.js';
import { connectDevtools } from './devtools/devtools-connection.js';
import { readBrowserVersion } from './devtools/devtools-endpoint.js';
import type { OwnSockets } from './devtools/own-sockets.js';
import { PoolError } from './errors.js';
import { launchPlan } from './launch-plan.js';
import { readLaunchRecord, writeLaunchRecord } from './launch-record.js';
import type { LaunchRecord } from './launch-record.js';
import type { PoolLimits } from './limits.js';
import type { Host, PoolPorts } from './ports.js';
import { textOf } from './plain-data.js';
import { portOwner } from './process/port-owner.js';
import type { ProcessEntry, ProcessTable } from './process/process-table.js';
import { killSlotProcesses, slotBrowser } from './process/slot-processes.js';
import { ownerMarkOf } from './process/owner-mark.js';
import type { OwnerMark } from './process/owner-mark.js';
import { prepareSlotDirectories } from './slot-directories.js';
import { readFirstPage, slotFacts } from './slot-facts.js';
import type { PoolHome, SlotPaths } from './slot-paths.js';
import type { LaunchPurpose, SlotFacts, SlotSpec } from './slot.js';

/** What launching and adopting need besides the slot itself. */
export interface SlotContext {
  readonly place: PoolHome;
  readonly host: Host;
  readonly ports: PoolPorts;
  readonly limits: PoolLimits;
  readonly own: OwnSockets;
  readonly processes: ProcessTable;
  readonly launchGate: <T>(work: () => Promise<T>) => Promise<T>;
  /** Where recycled folders go. */
  readonly trash: Trash;
  /** Of the state directory as it is at this moment; see `directoryIdentity`. */
  readonly directory: () => Promise<string>;
}

/** A browser that has been proven to be the slot's and to answer. */
export interface RunningSlot {
  readonly record: LaunchRecord;
  readonly facts: SlotFacts;
}

/**
 * Finds the slot's browser alive: process and profile by the process table, the endpoint by its own answer. Resolves
 * with undefined when there is none, or it does not answer, or another state directory launched it, or the record is of
 * another launch: then what is recorded is not this browser's history. A record that is missing is written anew, unless
 * it `mustBeRecorded`.
 */
export async function findRunningSlot(
  spec: SlotSpec,
  paths: SlotPaths,
  context: SlotContext,
  { mustBeRecorded = false } = {},
): Promise<RunningSlot | undefined> {
  const entry = await slotBrowser(context.processes, paths);
  if (!entry || entry.isStopped) return undefined;
  try {
    const mark = ownerMarkOf(entry);
    if (mark === undefined || mark.directory !== (await context.directory())) return undefined;
    const { version, wsUrl } = await readBrowserVersion(spec.port, context.own, context.limits.callMs);
    const previous = await readLaunchRecord(paths.record);
    if (previous === undefined && mustBeRecorded) return undefined;
    if (previous !== undefined && !isOfLaunch(previous, mark)) return undefined;
    if (previous?.wsUrl === wsUrl && isRecorded(entry, previous)) {
      return await withFacts(spec, previous, context);
    }
    if (!(await listensOn(spec.port, entry, context.host))) return undefined;
    const record = newRecord(spec, paths, entry, {
      mark,
      version,
      wsUrl,
      previous,
      launchedAt: context.ports.now(),
      relaunchedAt: null,
    });
    await writeLaunchRecord(paths.record, record, context.ports.newId);
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
  purpose: LaunchPurpose,
): Promise<RunningSlot> {
  return context.launchGate(async () => {
    await refuseTakenPort(spec.port, context);
    await prepareSlotDirectories(context.place, paths);
    const mark = { directory: await context.directory(), launchId: context.ports.newId() };
    const plan = await launchPlan(spec, paths, context.host, { mark, purpose });
    const launchedAt = context.ports.now();
    const relaunchedAt = purpose === 'relaunch' ? launchedAt : null;
    try {
      const launched = await launchChrome(plan, context);
      return await recordLaunch(spec, paths, { ...launched, mark, launchedAt, relaunchedAt }, context);
    } catch (error) {
      await killSlotProcesses(context.processes, paths, context.limits.killMs);
      throw error;
    }
  });
}

interface Launch extends LaunchedChrome {
  readonly mark: OwnerMark;
  readonly launchedAt: number;
  readonly relaunchedAt: number | null;
}

/** One connection for all that is to be known of a new browser, asked in one go: each answer waits for its busy start. */
async function recordLaunch(
  spec: SlotSpec,
  paths: SlotPaths,
  { entry, ...launch }: Launch,
  { own, limits, ports }: SlotContext,
): Promise<RunningSlot> {
  const connection = await connectDevtools(launch.wsUrl, { own, callMs: limits.callMs });
  const recorded = async (): Promise<LaunchRecord> => {
    const [answer, previous] = await Promise.all([
      connection.send('Browser.getVersion'),
      readLaunchRecord(paths.record),
    ]);
    const record = newRecord(spec, paths, entry, { ...launch, version: textOf(answer, 'product'), previous });
    await writeLaunchRecord(paths.record, record, ports.newId);
    return record;
  };
  try {
    const [record, page] = await Promise.all([recorded(), readFirstPage(connection)]);
    return { record, facts: slotFacts(spec, record, page) };
  } finally {
    connection.close();
  }
}

function isOfLaunch(record: LaunchRecord, mark: OwnerMark): boolean {
  return record.directory === mark.directory && record.launchId === mark.launchId;
}

function isRecorded(entry: ProcessEntry, { pid, processStartedAt }: LaunchRecord): boolean {
  return entry.pid === pid && entry.startedAt === processStartedAt;
}

/**
 * A process that is ending gives up its port some milliseconds after its arguments and descriptors can no longer be
 * read. So a holder that cannot be seen gets that time: it may be the slot's own last browser.
 */
async function refuseTakenPort(port: number, { host, limits }: SlotContext): Promise<void> {
  const cutOff = AbortSignal.timeout(limits.portReleaseMs);
  let owner = await portOwner(port, host);
  while (owner !== undefined && owner.command === null && !cutOff.aborted) {
    await pause(5);
    owner = await portOwner(port, host);
  }
  if (!owner) return;
  const who =
    owner.pid === null ? 'another process' : `process ${owner.pid} (${owner.command ?? 'unknown command'})`;
  throw new PoolError('port_taken', `Port ${port} is in use by ${who}.`, { details: { port, ...owner } });
}

async function listensOn(port: number, entry: ProcessEntry, host: Host): Promise<boolean> {
  return (await portOwner(port, host))?.pid === entry.pid;
}

interface RecordSource {
  readonly mark: OwnerMark;
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
    ...source.mark,
  };
}

async function withFacts(
  spec: SlotSpec,
  record: LaunchRecord,
  { own, limits }: SlotContext,
): Promise<RunningSlot> {
  const connection = await connectDevtools(record.wsUrl, { own, callMs: limits.callMs });
  try {
    return { record, facts: slotFacts(spec, record, await readFirstPage(connection)) };
  } finally {
    connection.close();
  }
}
