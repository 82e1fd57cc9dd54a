import type { JSONObject, JSONValue, Tool } from '@modelcontextprotocol/server';
import * as v from 'valibot';
import { described } from '../described.js';
import { leaseSchema } from '../lease-view.js';
import { acquireEntries, screenshotsChoice } from '../operations/acquire.js';
import { askOutput } from '../operations/ask.js';
import { labels } from '../plain-text.js';
import { count, seconds, slotNumber } from '../quantities.js';
import { applicationFields, displayFields } from '../slot-fields.js';
import { slotEntries, slotSchema } from '../slot-view.js';
import { isFields } from '../wire/fields.js';
import { wireSchema } from '../wire/json-schema.js';

/** What a model is told of a slot: where to connect, which window is its own, which ports are for its servers. */
const { entries: toolSlotEntries } = v.pick(slotSchema, [
  'slot',
  'osWindowId',
  'ownerPid',
  'bounds',
  ...applicationFields,
  'cdpPort',
  'cdpWindowId',
  'cdpTargetId',
  'cdpWsUrl',
  'devPort',
  'expiresAt',
  'ports',
  ...displayFields,
]);

const { slot } = toolSlotEntries;

const notice = v.optional(
  described(v.string(), 'What you must know and did not ask for, such as that your lease was lost.'),
);

/** How long a handle lives, and what one that has ended answers, is in the tools' descriptions: models read those. */
const lease = described(v.string('must be a string'), 'From escarp_acquire; needed if you hold several.');

/** Every model reads these in every session, so they say less than the fields of the request over HTTP do. */
const { holder, agent: agentField, devPort: devPortField, waitS, login: loginField } = acquireEntries;
export const acquireInput = v.object({
  holder: v.optional(described(holder, 'Your client and worktree if left out.')),
  agent: v.optional(described(agentField.wrapped, 'Name of the subagent it is for.')),
  slot: v.optional(slotNumber),
  devPort: v.optional(described(devPortField.wrapped, 'Port of your own server, for the status.')),
  waitS: v.optional(described(waitS.wrapped, 'Seconds to queue if none is free.')),
  labels: v.optional(labels),
  login: v.optional(described(loginField.wrapped, 'Saved logins to be signed in with.')),
  updateLogin: v.optional(v.boolean('must be true or false')),
  screenshots: v.optional(screenshotsChoice),
});
/** What it means is in the server's instructions, as for page tools. */
export const leaseInput = v.object({ lease: v.optional(v.string('must be a string')) });

/** Without descriptions, because every model would read them in every session, and the names say enough. */
export const askInput = v.object({
  lease: v.optional(v.string('must be a string')),
  reason: v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty')),
  instructions: v.optional(v.string('must be a string')),
  timeoutS: v.optional(v.number('must be a number')),
});

const agent = described(v.string(), 'The agent it was acquired for.');

const acquireOutput = v.object({
  lease: described(v.string(), 'Names this lease in your other calls.'),
  agent: v.optional(agent),
  ...toolSlotEntries,
  autoHeartbeatIntervalS: described(seconds, 'The lease is renewed for you every so many seconds.'),
  cdpHttpUrl: leaseSchema.entries.cdpHttpUrl,
  instructions: described(v.string(), 'How to use the slot.'),
  notice,
});
const statusOutput = v.object({
  holding: described(v.nullable(slot), 'The slot you hold, the first of several; null if you hold none.'),
  leases: described(
    v.array(v.object({ lease, slot, agent: v.nullable(agent), expiresAt: slotEntries.expiresAt })),
    'The leases you hold.',
  ),
  poolSize: described(count, 'How many slots there are.'),
  queueLength: described(count, 'How many callers wait in the queue.'),
  slots: described(
    v.array(
      v.object({
        ...toolSlotEntries,
        state: slotEntries.state,
        holder: slotEntries.holder,
        mine: described(v.boolean(), 'Whether you hold it.'),
        retryAfterS: slotEntries.retryAfterS,
      }),
    ),
    'Every slot, by number.',
  ),
  notice,
});
const releaseOutput = v.object({
  released: described(v.boolean(), 'Whether there was a lease to end.'),
  slot: described(v.nullable(slot), 'The slot that was given back; null if none was held.'),
  lease: described(v.nullable(v.string()), 'The lease that was ended; null if none was held.'),
  notice,
});

const askToolOutput = v.object({
  outcome: askOutput.entries.outcome,
  who: askOutput.entries.who,
  note: askOutput.entries.note,
  next: described(v.string(), 'What to do now.'),
});

/** The part of a refusal a model acts on; every model reads these schemas, so they are kept short. */
const refusalOutput = v.object({
  error: described(v.string(), 'Code of what went wrong.'),
  message: described(v.string(), 'The same in a sentence.'),
  hint: described(v.string(), 'What to do next.'),
  retry: described(v.string(), 'Whether asking again can help.'),
  retryAfterS: v.optional(described(seconds, 'Asking again makes sense after so many seconds.')),
});

export const tools = {
  escarp_acquire: {
    title: 'Acquire a browser',
    description:
      'Lease a browser of your own; each call leases another. The lease is renewed for you until escarp_release or ' +
      'the end of this connection; over HTTP without a session, until no call names it for five minutes. With none ' +
      'free, the error has retry_after_s.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    input: acquireInput,
    output: acquireOutput,
  },
  escarp_status: {
    title: 'Look at the pool',
    description: 'All browsers: who holds them, which are yours.',
    annotations: { readOnlyHint: true, openWorldHint: false },
    input: leaseInput,
    output: statusOutput,
  },
  escarp_release: {
    title: 'Give the browser back',
    description:
      'End a lease; its browser is then reset. A lease that has ended is answered lease_ended, with how and when.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    input: leaseInput,
    output: releaseOutput,
  },
  escarp_ask_human: {
    title: 'Ask a person for help',
    description: 'Ask a person to help in your browser; it waits.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    input: askInput,
    output: askToolOutput,
  },
} as const;

export type ToolName = keyof typeof tools;
export type ToolOutput<Name extends ToolName> = v.InferOutput<(typeof tools)[Name]['output']>;

export const isToolName = (name: string): name is ToolName => Object.hasOwn(tools, name);

/** As `tools/list` shows them. */
export const toolList = (): Tool[] =>
  Object.entries(tools).map(([name, { title, description, annotations, input, output }]) => ({
    name,
    title,
    description,
    annotations: { title, ...annotations },
    inputSchema: brief(objectSchema(input, 'input')),
    outputSchema: orError(objectSchema(output, 'output')),
  }));

type ObjectJsonSchema = { type: 'object'; properties: Record<string, JSONObject>; required: string[] };

function objectSchema(schema: v.GenericSchema, typeMode: 'input' | 'output'): ObjectJsonSchema {
  const { properties = {}, required = [] } = wireSchema(schema, typeMode);
  const fields: Record<string, JSONObject> = {};
  for (const [name, each] of Object.entries(properties)) if (isJsonObject(each)) fields[name] = each;
  return { type: 'object', properties: fields, required };
}

/** What no model needs in order to call a tool, and every model would read: the call is checked anyway. */
const unread = new Set(
  'pattern minLength propertyNames minimum maximum maxProperties minItems maxItems'.split(' '),
);

function brief({ type, properties, required }: ObjectJsonSchema): Tool['inputSchema'] {
  return {
    type,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, briefSchema(each)]),
    ),
    ...(required.length === 0 ? {} : { required }),
  };
}

function briefSchema(schema: JSONObject): JSONObject {
  const kept = Object.entries(schema).filter(([keyword]) => !unread.has(keyword));
  return Object.fromEntries(
    kept.map(([keyword, value]) => [
      keyword,
      Array.isArray(value) ? value.map(briefValue) : briefValue(value),
    ]),
  );
}

const briefValue = (value: JSONValue): JSONValue => (isJsonObject(value) ? briefSchema(value) : value);

/** A part of a JSON Schema is JSON, or true or false. */
const isJsonObject = (value: unknown): value is JSONObject => isFields(value);

/** Clients check a refusal, too, against the output schema, so it says what a refusal looks like. */
function orError({ properties, required }: ObjectJsonSchema) {
  const error = objectSchema(refusalOutput, 'output');
  return {
    type: 'object' as const,
    properties: { ...error.properties, ...properties },
    anyOf: [{ required }, { required: error.required }],
  };
}
