import * as v from 'valibot';
import { described } from '../described.js';
import { defineOperation } from '../operation.js';
import { journalErrors } from '../operation-errors.js';
import { note, verdict, who } from '../people-fields.js';
import { name } from '../plain-text.js';
import { routes } from '../routes.js';

const id = described(name, 'The question, as the status lists it.');

export const answer = defineOperation({
  name: 'answer',
  ...routes.answer,
  access: 'admin',
  summary: "A person answers a holder's question without taking over.",
  input: v.object({ id, outcome: verdict, who, note }),
  output: v.object({ id, outcome: verdict }),
  errors: ['unknown_ask', ...journalErrors],
});
