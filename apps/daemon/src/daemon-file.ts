import * as v from 'valibot';
import { readPrivateFile } from './private-file.js';

const daemonSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  url: v.pipe(v.string(), v.url()),
  version: v.string(),
  /** Epoch seconds. */
  startedAt: v.number(),
});

/** How the daemon of a state directory is reached. The file exists while it serves, and after a SIGKILL. */
export type DaemonFile = v.InferOutput<typeof daemonSchema>;

const bytesMax = 10_000;

/** Undefined when no daemon left a file, or one that cannot be understood. */
export async function readDaemonFile(path: string): Promise<DaemonFile | undefined> {
  try {
    const parsed = v.safeParse(daemonSchema, JSON.parse((await readPrivateFile(path, bytesMax)) ?? ''));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
