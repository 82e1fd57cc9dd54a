import * as v from 'valibot';
import { Refusal } from '../refusal.js';

const sentence = v.pipe(v.string(), v.maxLength(2_000));
const name = v.pipe(v.string(), v.maxLength(100));
const slot = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const right = v.picklist(['view', 'control']);
const outcome = v.picklist(['done', 'declined']);

/** What is asked of the viewer in bodies of requests. */
export const bodies = {
  session: v.object({ link: v.pipe(v.string(), v.minLength(20), v.maxLength(200)) }),
  control: v.variant('by', [
    v.object({ by: v.literal('human'), who: v.exactOptional(name), reason: v.exactOptional(sentence) }),
    v.object({ by: v.literal('agent'), outcome, note: v.exactOptional(sentence) }),
  ]),
  ask: v.object({ outcome, note: v.exactOptional(sentence) }),
  approval: v.object({ decision: v.picklist(['approve', 'deny']), note: v.exactOptional(sentence) }),
  link: v.object({ right, slot: v.exactOptional(slot) }),
  operatorLink: v.object({
    right,
    slot: v.exactOptional(slot),
    leaseToken: v.exactOptional(v.pipe(v.string(), v.maxLength(200))),
  }),
  revoke: v.object({ slot: v.exactOptional(slot) }),
  listen: v.object({
    address: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
    tlsCert: v.pipe(v.string(), v.maxLength(4_096)),
    tlsKey: v.pipe(v.string(), v.maxLength(4_096)),
  }),
} as const;

/**
 * The body as its schema has it.
 *
 * @throws Refusal 400 that names the field.
 */
export function bodyOf<Schema extends v.GenericSchema>(schema: Schema, body: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const field = v.getDotPath(parsed.issues[0]) ?? 'body';
  throw new Refusal(400, 'bad_request', `The field ${field} has a value that is not allowed.`);
}
