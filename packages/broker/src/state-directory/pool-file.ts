import { slotsMax, tiers } from '@escarp/contract';
import * as v from 'valibot';
import { writeFileAtomically } from '@escarp/owned-files';
import { DaemonError } from '../errors.js';
import { readPrivateFile } from './private-file.js';

const slotNumber = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9_999));

const portMax = 65_535;

const poolShape = v.object({
  /** Numbers of the slots, which need not be consecutive after some were removed. */
  slots: v.pipe(v.array(slotNumber), v.maxLength(slotsMax)),
  /** DevTools port of slot 0; slot N has this port plus N. */
  cdpBase: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(portMax)),
  headless: v.boolean(),
  displays: v.boolean(),
  cuaApps: v.boolean(),
  tier: v.picklist(tiers),
  /** Whether a leased slot has a browser wait for its recycle. Absent in files from before there were any. */
  spares: v.optional(v.boolean()),
});

const poolSchema = v.pipe(
  poolShape,
  v.check(
    ({ slots, cdpBase }) => cdpBase + Math.max(0, ...slots) <= portMax,
    `A slot's port would be above ${portMax}.`,
  ),
);

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

/** Refuses, with `bad_setting`, what could not be read again. */
export async function writePoolFile(path: string, pool: PoolFile, newId: () => string): Promise<void> {
  await writeFileAtomically(path, poolText(pool), newId);
}

/** The file's text; throws `bad_setting` where its reader would refuse it. */
export function poolText(pool: PoolFile): string {
  const text = `${JSON.stringify(pool, null, 2)}\n`;
  const parsed = v.safeParse(poolSchema, JSON.parse(text));
  if (!parsed.success) throw unfit(v.summarize(parsed.issues));
  if (Buffer.byteLength(text) > bytesMax) throw unfit(`it takes more than ${bytesMax} bytes`);
  return text;
}

function unfit(why: string): DaemonError {
  const message = `This pool is not possible: ${why.replaceAll('\n', ' ')}`;
  return new DaemonError('bad_setting', message, `A pool can have at most ${slotsMax} slots.`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
