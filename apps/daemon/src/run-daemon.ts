import type { Installation, Machine } from '@escarp/broker';
import { assembleBroker, presentBrowser, readSettings, withAbsolutePaths } from '@escarp/broker';
import { join } from 'node:path';
import { OperationError, untilAborted } from '@escarp/transport/client';
import { startDaemon, type Daemon } from './daemon.js';
import { daemonArguments, type DaemonArguments } from './daemon-arguments.js';
import { keepServing } from './keep-serving.js';
import { recorderProgram } from './recorder-program.js';
import { printFailure, printInterruption, printServing, type Output } from './print-outcome.js';

/** What the process is: everything a daemon can depend on. */
export interface ProcessFacts extends Output {
  readonly argv: readonly string[];
  readonly version: string;
  /** Undefined where the working directory was deleted. */
  readonly cwd: string | undefined;
  readonly userHome: string;
  readonly machine: Machine;
  /** Aborted when the daemon is to stop for good. */
  readonly interrupted: AbortSignal;
}

/** Serves until it is interrupted, and resolves with the exit code. It never rejects. */
export async function runDaemon(facts: ProcessFacts): Promise<number> {
  const json = facts.argv.includes('--json');
  const verbose = facts.argv.includes('--verbose');
  try {
    await serve(facts, daemonArguments(facts.argv));
    return 0;
  } catch (error) {
    if (facts.interrupted.aborted) return printInterruption(facts, json);
    return printFailure(facts, error, { json, verbose });
  }
}

async function serve(facts: ProcessFacts, args: DaemonArguments): Promise<void> {
  const installation = installationOf(facts);
  let isFirst = true;
  const start = async (): Promise<Daemon> => {
    const daemon = await startDaemon({
      ...(await assemble(facts, installation, args)),
      recorder: recorderProgram(),
      version: facts.version,
    });
    if (isFirst) printServing(facts, { url: daemon.url, pid: facts.machine.pid }, args.json);
    isFirst = false;
    return daemon;
  };
  const interrupted = untilAborted(facts.interrupted);
  void sayStopping(facts, interrupted, args.json);
  await keepServing({ start, interrupted, monotonicMs: facts.machine.clocks.monotonicMs });
}

function installationOf({ machine, cwd, userHome }: ProcessFacts): Installation {
  const environment = withAbsolutePaths(machine.environment, { cwd, userHome });
  const settings = readSettings(environment, join(userHome, '.escarp'));
  return { machine: { ...machine, environment }, settings, userHome };
}

function assemble({ stderr }: ProcessFacts, installation: Installation, args: DaemonArguments) {
  const { heal, requireToken, verbose } = args;
  return assembleBroker(
    installation,
    { heal, requireToken },
    {
      browser: async () => {
        const browser = await presentBrowser(installation);
        if (browser === undefined) throw new OperationError('browser_missing');
        return browser.path;
      },
      echoLog: verbose ? (line) => void stderr.write(line) : undefined,
    },
  );
}

async function sayStopping({ stderr }: Output, interrupted: Promise<unknown>, json: boolean): Promise<void> {
  await interrupted;
  if (!json) stderr.write('Stopping. The browsers live on.\n');
}
