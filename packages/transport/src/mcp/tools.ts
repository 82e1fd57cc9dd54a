import type { JSONObject, Tool } from '@modelcontextprotocol/server';
import * as v from 'valibot';
import { described } from '../described.js';
import { leaseSchema } from '../lease-view.js';
import { acquireEntries } from '../operations/acquire.js';
import { count, seconds } from '../quantities.js';
import { slotEntries, slotSchema } from '../slot-view.js';
import { isFields } from '../wire/fields.js';
import { wireSchema } from '../wire/json-schema.js';

/** What a model is told of a slot: where to connect, which window is its own, which ports are for its servers. */
const { entries: toolSlotEntries } = v.pick(slotSchema, [
  'slot',
  'osWindowId',
  'ownerPid',
  'bounds',
  'cuaAppBundleId',
  'cuaAppName',
  'cuaAppPath',
  'cdpPort',
  'cdpWindowId',
  'cdpTargetId',
  'cdpWsUrl',
  'devPort',
  'expiresAt',
  'ports',
  'display',
  'displayAuthority',
  'wmClass',
]);

const { slot } = toolSlotEntries;

const notice = v.optional(
  described(v.string(), 'What you must know and did not ask for, such as that your lease was lost.'),
);

/** How long a handle lives, and what one that has ended answers, is in the tools' descriptions: models read those. */
const lease = described(v.string('must be a string'), 'The lease that escarp_acquire answered with.');

export const acquireInput = v.object({
  holder: v.optional(acquireEntries.holder),
  agent: acquireEntries.agent,
  slot: acquireEntries.slot,
  devPort: acquireEntries.devPort,
  waitS: acquireEntries.waitS,
  labels: acquireEntries.labels,
});
export const leaseInput = v.object({ lease: v.optional(lease) });

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
      'Lease a real browser of your own; every call leases another one. The answer names it in lease. The lease lives ' +
      'until you call escarp_release or this connection ends, and is renewed by itself; over HTTP without a session ' +
      'it ends after five minutes in which no call names it. If every slot is taken the answer is an error with ' +
      'retry_after_s; pass wait_s to wait in the queue instead.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    input: acquireInput,
    output: acquireOutput,
  },
  escarp_status: {
    title: 'Look at the pool',
    description: 'Which browsers there are, who holds them, and which are yours.',
    annotations: { readOnlyHint: true, openWorldHint: false },
    input: leaseInput,
    output: statusOutput,
  },
  escarp_release: {
    title: 'Give the browser back',
    description:
      'End a lease; it need not be named if only one is held. The slot is then reset for the next holder, as the ' +
      'instructions of escarp_acquire say. A lease that has ended is answered lease_ended, how and when.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
    input: leaseInput,
    output: releaseOutput,
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
const unread = new Set(['pattern', 'minLength', 'propertyNames']);

function brief({ type, properties, required }: ObjectJsonSchema): ObjectJsonSchema {
  return {
    type,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, briefSchema(each)]),
    ),
    required,
  };
}

function briefSchema(schema: JSONObject): JSONObject {
  const kept = Object.entries(schema).filter(([keyword]) => !unread.has(keyword));
  return Object.fromEntries(
    kept.map(([keyword, value]) => [keyword, isJsonObject(value) ? briefSchema(value) : value]),
  );
}

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
