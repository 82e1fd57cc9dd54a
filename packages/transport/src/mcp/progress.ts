export type Progress = { progressToken: string | number; progress: number; message: string };
export type ProgressSender = (progress: Progress) => Promise<void>;

/** Tells a client that asked for it that a call is still waiting. The answer ends it. */
export function reportProgress(
  progressToken: string | number | undefined,
  send: ProgressSender,
  everyMs: number,
): () => void {
  if (progressToken === undefined) return () => {};
  let told = 0;
  const timer = setInterval(() => {
    const waitedS = Math.round((++told * everyMs) / 1000);
    const message = `Waiting for a free browser (${waitedS} s).`;
    // A client that has gone does not need to be told.
    send({ progressToken, progress: told, message }).catch(() => {});
  }, everyMs).unref();
  return () => clearInterval(timer);
}
