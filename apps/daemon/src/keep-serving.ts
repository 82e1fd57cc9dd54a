import { DaemonError } from '@escarp/broker';
import type { Daemon } from './daemon.js';

export interface KeepServingOptions {
  readonly start: () => Promise<Daemon>;
  /** Resolves when the daemon is to stop for good. */
  readonly interrupted: Promise<unknown>;
  readonly monotonicMs: () => number;
}

const restartsMax = 3;
const windowMs = 600_000;

/**
 * Serves until it is interrupted. If the registry has stopped because of a broken invariant, the daemon is started
 * again, which recovers the registry from its journal. A failure that recurs would do so again and again, so the fourth
 * within ten minutes is the last: it throws `registry_stopped`.
 */
export async function keepServing({ start, interrupted, monotonicMs }: KeepServingOptions): Promise<void> {
  const failures: number[] = [];
  for (;;) {
    const daemon = await start();
    const failure = await Promise.race([daemon.failed, interrupted.then(() => undefined)]);
    if (failure !== undefined) report(daemon, failure);
    await daemon.close();
    if (failure === undefined) return;
    failures.push(monotonicMs());
    if (failures.length > restartsMax && failures.at(-1)! - failures.at(-1 - restartsMax)! < windowMs) {
      throw givenUp(failure);
    }
  }
}

function report({ broker }: Daemon, failure: Error): void {
  const { cause } = failure;
  const error = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  broker.options.log.error(failure.message, { error });
}

function givenUp(failure: Error): DaemonError {
  return new DaemonError(
    'registry_stopped',
    'The lease registry stopped again and again because one of its invariants is broken.',
    'The browsers live on. Please report this with the daemon log and a copy of the journal folder, then run escarp up.',
    failure,
  );
}
