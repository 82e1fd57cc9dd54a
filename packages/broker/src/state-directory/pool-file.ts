import { slotsMax } from '@escarp/contract';
import * as v from 'valibot';
import { writeFileAtomically } from './atomic-file.js';
import { DaemonError } from '../errors.js';
import { readPrivateFile } from './private-file.js';

const slotNumber = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9_999));

const poolSchema = v.object({
  /** Numbers of the slots, which need not be consecutive after some were removed. */
  slots: v.pipe(v.array(slotNumber), v.maxLength(slotsMax)),
  cdpBase: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  headless: v.boolean(),
  displays: v.boolean(),
  cuaApps: v.boolean(),
  tier: v.picklist(['autonomous', 'delegated', 'supervised']),
});

/** The pool as `pool.json` describes it: which slots there are and how they are launched. */
export type PoolFile = v.InferOutput<typeof poolSchema>;

const bytesMax = 100_000;

/** Undefined when no pool was ever launched here. Throws `bad_setting` or `state_directory_unusable`. */
export async function readPoolFile(path: string): Promise<PoolFile | undefined> {
  const text = await readPrivateFile(path, bytesMax);
  if (text === undefined) return undefined;
  const parsed = v.safeParse(poolSchema, jsonOf(text));
  if (parsed.success) return parsed.output;
  throw new DaemonError(
    'bad_setting',
    `${path} does not describe a pool: ${v.summarize(parsed.issues).replaceAll('\n', ' ')}`,
    'Delete the file and run escarp launch-pool again; running browsers are adopted.',
  );
}

export async function writePoolFile(path: string, pool: PoolFile, newId: () => string): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(pool, null, 2)}\n`, newId);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
