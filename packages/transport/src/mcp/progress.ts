import type { LeaseBroker } from './lease-broker.js';

export type Progress = { progressToken: string | number; progress: number; message: string };
export type ProgressSender = (progress: Progress) => Promise<void>;

/** Tells a client that asked for progress that a call is still waiting, and what for. The answer ends it. */
export function reportProgress(
  progressToken: string | number | undefined,
  send: ProgressSender,
  describe: () => Promise<string>,
  everyMs: number,
): () => void {
  if (progressToken === undefined) return () => {};
  let told = 0;
  let over = false;
  const tell = async () => {
    const message = await describe();
    if (!over) await send({ progressToken, progress: ++told, message });
  };
  // A client that has gone does not need to be told.
  const timer = setInterval(() => void tell().catch(() => {}), everyMs).unref();
  return () => {
    over = true;
    clearInterval(timer);
  };
}

/**
 * A holder's position in the queue and about how long it may take. If it waits more than once, the last position
 * counts. If the status cannot be read, the wait continues all the same.
 */
export async function describeWait(broker: LeaseBroker, holder: string): Promise<string> {
  const status = await broker.status().catch(() => undefined);
  const own = status?.queue.findLast((each) => each.holder === holder);
  if (own === undefined) return 'Waiting for a free browser.';
  const { position, estimateS } = own;
  return `Waiting for a free browser: place ${position} in the queue, about ${Math.ceil(estimateS)} s to go.`;
}
