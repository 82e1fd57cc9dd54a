import { setTimeout as pause } from 'node:timers/promises';
import type { Trash } from '@escarp/owned-files';
import { launchChrome } from './chrome-process.js';
import type { LaunchedChrome } from './launched-chrome.js';
import { connectDevtools } from './devtools/devtools-connection.js';
import type { DevtoolsConnection } from './devtools/devtools-connection.js';
import { readBrowserVersion } from './devtools/devtools-endpoint.js';
import { pageIds } from './devtools/page-ids.js';
import type { OwnSockets } from './devtools/own-sockets.js';
import { PoolError } from './errors.js';
import { launchError } from './launch-error.js';
import { launchPlan } from './launch-plan.js';
import type { LaunchPlan } from './launch-plan.js';
import { readLaunchRecord, writeLaunchRecord } from './launch-record.js';
import type { LaunchRecord } from './launch-record.js';
import type { PoolLimits } from './limits.js';
import type { Host, PoolPorts } from './ports.js';
import { textOf } from './plain-data.js';
import { portOwner } from './process/port-owner.js';
import type { ProcessEntry, ProcessTable } from '@escarp/child-process';
import { isOfOtherProfile, killSlotProcesses, slotBrowser } from './process/slot-processes.js';
import { ownerMarkOf } from './process/owner-mark.js';
import type { OwnerMark } from './process/owner-mark.js';
import { prepareSlotDirectories } from './slot-directories.js';
import { describePage, readFirstPage, slotFacts } from './slot-facts.js';
import type { FirstPage } from './slot-facts.js';
import type { PoolHome, SlotPaths } from './slot-paths.js';
import type { LaunchPurpose, SlotFacts, SlotSpec } from './slot.js';
import type { BrowserEvidence } from './watch/browser-evidence.js';
import { pageAnswers } from './watch/page-health.js';
import type { SpareRules } from './spare/spare-rules.js';

/** What launching and adopting need besides the slot itself. */
export interface SlotContext {
  readonly place: PoolHome;
  readonly host: Host;
  readonly ports: PoolPorts;
  readonly limits: PoolLimits;
  readonly own: OwnSockets;
  readonly processes: ProcessTable;
  readonly evidence: BrowserEvidence;
  readonly launchGate: <T>(work: () => Promise<T>) => Promise<T>;
  readonly spares: SpareRules;
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
 * Finds the slot's browser alive: process and profile by the process table, the endpoint by its record, or else by its
 * own answer. Resolves with undefined when there is none, when it is stopped, when another state directory launched it,
 * when the record is of another launch, for then what is recorded is not this browser's history, and when it has no
 * record and does not answer or `mustBeRecorded`. A browser with a record need not answer, because it may just be busy. A
 * missing record is written again.
 */
export async function findRunningSlot(
  spec: SlotSpec,
  paths: SlotPaths,
  context: SlotContext,
  { mustBeRecorded = false } = {},
): Promise<RunningSlot | undefined> {
  const entry = await slotBrowser(context.processes, paths);
  if (!entry || entry.isStopped) return undefined;
  const mark = ownerMarkOf(entry);
  if (mark === undefined || mark.directory !== (await context.directory())) return undefined;
  const previous = await readLaunchRecord(paths.record);
  if (previous === undefined ? mustBeRecorded : !isOfLaunch(previous, mark)) return undefined;
  const isKnown = previous !== undefined && previous.port === spec.port && isRecorded(entry, previous);
  const record = isKnown ? previous : await recordAnew(spec, paths, { entry, mark, previous }, context);
  if (record === undefined) return undefined;
  return { record, facts: slotFacts(spec, record, await firstPageOf(record, context)) };
}

interface Unrecorded {
  readonly entry: ProcessEntry;
  readonly mark: OwnerMark;
  readonly previous: LaunchRecord | undefined;
}

async function recordAnew(
  spec: SlotSpec,
  paths: SlotPaths,
  { entry, mark, previous }: Unrecorded,
  { own, limits, host, ports }: SlotContext,
): Promise<LaunchRecord | undefined> {
  const answer = await readBrowserVersion(spec.port, own, limits.callMs).catch(() => undefined);
  if (answer === undefined || !(await listensOn(spec.port, entry, host))) return undefined;
  const launch = { ...answer, mark, previous, launchedAt: ports.now(), relaunchedAt: null };
  const record = newRecord(spec, paths, entry, launch);
  await writeLaunchRecord(paths.record, record, ports.newId);
  return record;
}

/** Unknown of a browser that is too busy to say in the time of one call. */
async function firstPageOf(record: LaunchRecord, { own, limits }: SlotContext): Promise<FirstPage> {
  try {
    const connection = await connectDevtools(record.wsUrl, { own, callMs: limits.callMs });
    return await readFirstPage(connection).finally(connection.close);
  } catch {
    return { cdpTargetId: null, window: undefined };
  }
}

/**
 * Launches the slot's browser on its profile as it is, and resolves when its first page has evaluated. Rejects with
 * `port_taken` when a stranger has the port, and with `browser_launch_failed` and the browser's last lines.
 */
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
      return await recordLaunch(spec, plan, { ...launched, mark, launchedAt, relaunchedAt }, context);
    } catch (error) {
      // A command that had somebody else start the browser may have got hold of one that is not the slot's.
      const spares = (entry: ProcessEntry): boolean => plan.handsOver && isOfOtherProfile(entry, paths);
      await killSlotProcesses(context.processes, paths, context.limits.killMs, { spares });
      throw error;
    }
  });
}

interface Launch extends LaunchedChrome {
  readonly mark: OwnerMark;
  readonly launchedAt: number;
  readonly relaunchedAt: number | null;
}

/**
 * Writes the launch down, and resolves when the browser's first page has evaluated. The record is written with the version of
 * the slot's last browser while the new one starts, which is too busy to tell its own, and again if that is another one: a disk
 * may take as long as the page.
 */
export async function recordLaunch(
  spec: SlotSpec,
  plan: LaunchPlan,
  { entry, ...launch }: Launch,
  context: SlotContext,
): Promise<RunningSlot> {
  const { paths } = plan;
  const previous = await readLaunchRecord(paths.record);
  const recordOf = (version: string): LaunchRecord =>
    newRecord(spec, paths, entry, { ...launch, version, previous });
  const write = (record: LaunchRecord): Promise<void> =>
    writeLaunchRecord(paths.record, record, context.ports.newId);
  const expected = previous && recordOf(previous.version);
  const written = expected && write(expected);
  const asked = askLaunched(launch.wsUrl, plan, context);
  // Whatever fails, nothing is being written any more when this rejects.
  await Promise.allSettled([written, asked]);
  await written;
  const { version, page } = await asked;
  const record = expected?.version === version ? expected : recordOf(version);
  if (record !== expected) await write(record);
  return { record, facts: slotFacts(spec, record, page) };
}

/** One connection for all that is to be known of a new browser, asked in one go: each answer waits for its busy start. */
async function askLaunched(
  wsUrl: string,
  plan: LaunchPlan,
  { own, limits }: SlotContext,
): Promise<{ readonly version: string; readonly page: FirstPage }> {
  const connection = await connectDevtools(wsUrl, { own, callMs: limits.launchMs });
  try {
    const [answer, page] = await Promise.all([
      connection.send('Browser.getVersion'),
      readUsablePage(connection, plan),
    ]);
    return { version: textOf(answer, 'product'), page };
  } finally {
    connection.close();
  }
}

function isOfLaunch(record: LaunchRecord, mark: OwnerMark): boolean {
  return record.directory === mark.directory && record.launchId === mark.launchId;
}

/** A browser may listen and have no process for its page, for want of descriptors or memory. */
async function readUsablePage(connection: DevtoolsConnection, plan: LaunchPlan): Promise<FirstPage> {
  const usable = async (): Promise<FirstPage> => {
    const [targetId] = await pageIds(connection);
    if (targetId === undefined) throw new Error('It has no page.');
    const [page, answers] = await Promise.all([
      describePage(connection, targetId),
      pageAnswers(connection, targetId),
    ]);
    if (answers) return page;
    throw new Error('Its page does not respond.');
  };
  return usable().catch(async (cause: unknown) => {
    throw await launchError(plan, cause);
  });
}

function isRecorded(entry: ProcessEntry, { pid, processStartedAt }: LaunchRecord): boolean {
  return entry.pid === pid && entry.startedAt === processStartedAt;
}

/**
 * A process that is ending gives up its port some milliseconds after its arguments and descriptors can no longer be
 * read. So a holder that cannot be seen gets that time: it may be the slot's own last browser.
 */
export async function refuseTakenPort(
  port: number,
  { host, limits }: Pick<SlotContext, 'host' | 'limits'>,
): Promise<void> {
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
    // The profile is the same.
    ...(source.relaunchedAt !== null && source.previous?.mustBeRecycled === true && { mustBeRecycled: true }),
  };
}

/** Whether a reset in place cannot do: a browser gets or loses its window only by a launch. */
export function mustBeRecycled(running: RunningSlot | undefined, spec: SlotSpec): boolean {
  return (
    running !== undefined &&
    (running.record.headless !== spec.headless || running.record.mustBeRecycled === true)
  );
}
