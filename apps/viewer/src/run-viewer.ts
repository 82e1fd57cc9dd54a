import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Clocks,
  DaemonError,
  openStateDirectory,
  readOrMakeSecret,
  readSettings,
  removeDaemonFile,
  takeKernelLock,
  withAbsolutePaths,
  writeDaemonFile,
} from '@escarp/broker/home';
import {
  daemonConnection,
  openViewer,
  operatorCredential,
  readDashboard,
  stripsOf,
  type Viewer,
} from '@escarp/live-view';
import { firstAborted, portsTried } from '@escarp/contract';
import { findDisplaySocket } from '@escarp/os-identity';
import { onFirstFreePort } from '@escarp/transport';
import { failureOf, untilAborted } from '@escarp/transport/client';
import { daemonOf } from './daemon-of.js';

/** What the process is: everything a viewer can depend on. */
export interface ProcessFacts {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string | undefined;
  readonly userHome: string;
  readonly uid: number | undefined;
  readonly pid: number;
  readonly clocks: Clocks;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Aborted when the viewer is to stop. */
  readonly interrupted: AbortSignal;
}

/**
 * Serves until it is stopped, or nobody has looked for a while. Says in one JSON document that it serves, or why it cannot;
 * resolves with the exit code and never rejects.
 */
export async function runViewer(facts: ProcessFacts): Promise<number> {
  try {
    await serve(facts);
    return 0;
  } catch (error) {
    const { code, message, hint, exitCode } = failureOf(error);
    facts.stdout.write(`${JSON.stringify({ error: code, message, hint })}\n`);
    return exitCode;
  }
}

async function serve(facts: ProcessFacts): Promise<void> {
  const environment = withAbsolutePaths(facts.environment, facts);
  const settings = readSettings(environment, join(facts.userHome, '.escarp'));
  const directory = await openStateDirectory(settings.home, facts.uid);
  const lock = await takeKernelLock(join(directory.locks, 'viewer.lock'));
  if (lock === undefined) throw runsAlready(settings.home);
  try {
    const secret = await readOrMakeSecret(directory.secret, () =>
      Buffer.from(facts.clocks.randomBytes(32)).toString('base64url'),
    );
    const { source, control } = daemonConnection(() => daemonOf(settings), facts.clocks.newId);
    const viewer = await onFirstFreePort(settings.viewPort, async (port) =>
      openViewer({
        source,
        control,
        port,
        strips: stripsOf(settings.home),
        displaySocket: (slot) => findDisplaySocket(settings.home, slot),
        dashboard: await readDashboard(dashboardFolder()),
        operatorCredential: operatorCredential(secret),
        ports: { ...facts.clocks, log: (message, details) => log(facts, message, details) },
      }),
    );
    if (viewer === undefined) throw portsTaken(settings.viewPort);
    await announceUntilStopped(facts, directory.viewer, viewer);
  } finally {
    await lock.release();
  }
}

async function announceUntilStopped(facts: ProcessFacts, path: string, viewer: Viewer): Promise<void> {
  const { pid, version, clocks, stdout } = facts;
  const { url, port } = viewer;
  try {
    const file = { pid, port, url, version, startedAt: clocks.wallMs() / 1_000 };
    await writeDaemonFile(path, file, clocks.newId);
    stdout.write(`${JSON.stringify({ url, pid })}\n`);
    const over = firstAborted([viewer.stopped], facts.interrupted);
    await Promise.race([untilAborted(over), untilIdle(viewer, clocks, over)]);
  } finally {
    await removeDaemonFile(path, pid);
    await viewer.close();
  }
}

const require = createRequire(import.meta.url);
const idleMs = 300_000;
const lookEveryMs = 10_000;

async function untilIdle(viewer: Viewer, clocks: Clocks, over: AbortSignal): Promise<void> {
  let busyMs = clocks.monotonicMs();
  while (clocks.monotonicMs() - busyMs < idleMs && !over.aborted) {
    await pause(lookEveryMs, undefined, { signal: over }).catch(() => {});
    if (!viewer.isIdle) busyMs = clocks.monotonicMs();
  }
}

function portsTaken(base: number): DaemonError {
  return new DaemonError(
    'ports_taken',
    `The viewer's port ${base} and the ${portsTried} above it are taken.`,
    'Set ESCARP_VIEW_PORT to a free port.',
  );
}

/** The built files of the page, as its package has them. */
function dashboardFolder(): string {
  return join(dirname(require.resolve('@escarp/dashboard/package.json')), 'dist');
}

function log({ stderr, clocks }: ProcessFacts, message: string, details: object = {}): void {
  const line = { at: new Date(clocks.wallMs()).toISOString(), message, ...details };
  stderr.write(`${JSON.stringify(line)}\n`);
}

function runsAlready(home: string): DaemonError {
  const message = `A viewer of ${home} runs already.`;
  return new DaemonError('viewer_already_running', message, 'Get a link to it with escarp view.');
}
