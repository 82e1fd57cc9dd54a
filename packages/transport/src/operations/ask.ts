import * as v from 'valibot';
import { described } from '../described.js';
import { defineOperation } from '../operation.js';
import { leaseErrors } from '../operation-errors.js';
import { outcome } from '../people-fields.js';
import { line, name, prose } from '../plain-text.js';
import { askSeconds } from '../quantities.js';
import { leaseToken, requestId } from '../request-fields.js';
import { routes } from '../routes.js';

const askEntries = {
  reason: described(
    line,
    'What a person is needed for, in one line of at most 500 bytes. Everybody may read it.',
  ),
  instructions: v.optional(
    described(prose, 'What the person is to do, in at most 2000 bytes. Shown to operators alone.'),
  ),
  timeoutS: v.optional(
    described(askSeconds, 'Seconds to wait for the answer, from 1 to 3600; 300 if left out.'),
  ),
};

export const askOutput = v.object({
  id: described(v.string(), 'Names the question.'),
  outcome,
  who: v.optional(described(v.string(), 'The person who answered.')),
  note: v.optional(described(v.string(), 'What the person said.')),
  notice: v.optional(
    described(v.string(), 'Why nobody could be notified of the question, if that failed: one sentence.'),
  ),
});

/** How a question to a person ended. */
export type AskResult = v.InferOutput<typeof askOutput>;

export const ask = defineOperation({
  name: 'ask',
  ...routes.ask,
  access: 'lease',
  summary: 'A holder asks for a person, and waits for the answer. No answer is never a consent.',
  input: v.object({ handle: described(name, 'Handle of the lease.'), leaseToken, ...askEntries, requestId }),
  output: askOutput,
  errors: [...leaseErrors, 'unknown_ask', 'quota_exceeded'],
});
