import * as v from 'valibot';
import { acquireEntries } from '../operations/acquire.js';
import { count, seconds } from '../quantities.js';
import { slotEntries } from '../slot-view.js';
import { isFields } from '../wire/fields.js';
import { wireSchema } from '../wire/json-schema.js';

const {
  slot,
  osWindowId,
  ownerPid,
  bounds,
  cuaAppBundleId,
  cuaAppName,
  cuaAppPath,
  cdpPort,
  cdpWindowId,
  cdpTargetId,
  cdpWsUrl,
  devPort,
  expiresAt,
  ports,
  display,
  displayAuthority,
  wmClass,
} = slotEntries;

/** What a model is told of a slot: where to connect, which window is its own, which ports are for its servers. */
const toolSlotEntries = {
  slot,
  osWindowId,
  ownerPid,
  bounds,
  cuaAppBundleId,
  cuaAppName,
  cuaAppPath,
  cdpPort,
  cdpWindowId,
  cdpTargetId,
  cdpWsUrl,
  devPort,
  expiresAt,
  ports,
  display,
  displayAuthority,
  wmClass,
};

/** Something the model must know that it did not ask for, such as that its lease was lost. */
const notice = v.optional(v.string());

export const acquireInput = v.object({
  holder: v.optional(acquireEntries.holder),
  slot: acquireEntries.slot,
  devPort: acquireEntries.devPort,
  waitS: acquireEntries.waitS,
  labels: acquireEntries.labels,
});
export const noInput = v.object({});

const acquireOutput = v.object({
  ...toolSlotEntries,
  autoHeartbeatIntervalS: seconds,
  cdpHttpUrl: v.string(),
  instructions: v.string(),
  notice,
});
const statusOutput = v.object({
  /** The slot this session holds, if it holds one. */
  holding: v.nullable(slot),
  poolSize: count,
  queueLength: count,
  slots: v.array(
    v.object({
      ...toolSlotEntries,
      state: slotEntries.state,
      holder: slotEntries.holder,
      retryAfterS: slotEntries.retryAfterS,
    }),
  ),
  notice,
});
const releaseOutput = v.object({ released: v.boolean(), slot: v.nullable(slot), notice });

/** The part of a refusal a model acts on; every model reads these schemas, so they are kept short. */
const refusalOutput = v.object({
  error: v.string(),
  message: v.string(),
  hint: v.string(),
  retry: v.string(),
  retryAfterS: v.optional(seconds),
});

export const tools = {
  escarp_acquire: {
    title: 'Acquire a browser',
    description:
      'Lease a real browser of your own. It is kept for you and renewed by itself until you call escarp_release or ' +
      'this session ends. If every slot is taken the answer is an error with retry_after_s; pass wait_s to wait in ' +
      'the queue instead.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    input: acquireInput,
    output: acquireOutput,
  },
  escarp_status: {
    title: 'Look at the pool',
    description: 'Which browsers there are, who holds them, and which one is yours.',
    annotations: { readOnlyHint: true, openWorldHint: false },
    input: noInput,
    output: statusOutput,
  },
  escarp_release: {
    title: 'Give the browser back',
    description:
      'End your lease. The slot is then reset for the next holder, as the instructions of escarp_acquire say.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    input: noInput,
    output: releaseOutput,
  },
} as const;

export type ToolName = keyof typeof tools;
export type ToolOutput<Name extends ToolName> = v.InferOutput<(typeof tools)[Name]['output']>;

export const isToolName = (name: string): name is ToolName => Object.hasOwn(tools, name);

/** As `tools/list` shows them. */
export const toolList = () =>
  Object.entries(tools).map(([name, { title, description, annotations, input, output }]) => ({
    name,
    title,
    description,
    annotations: { title, ...annotations },
    inputSchema: objectSchema(input, 'input'),
    outputSchema: orError(objectSchema(output, 'output')),
  }));

type ObjectJsonSchema = { type: 'object'; properties: Record<string, object>; required: string[] };

function objectSchema(schema: v.GenericSchema, typeMode: 'input' | 'output'): ObjectJsonSchema {
  const { properties = {}, required = [] } = wireSchema(schema, typeMode);
  const described: Record<string, object> = {};
  for (const [name, each] of Object.entries(properties)) if (isFields(each)) described[name] = each;
  return { type: 'object', properties: described, required };
}

/** Clients check a refusal, too, against the output schema, so it says what a refusal looks like. */
function orError({ properties, required }: ObjectJsonSchema) {
  const error = objectSchema(refusalOutput, 'output');
  return {
    type: 'object' as const,
    properties: { ...error.properties, ...properties },
    anyOf: [{ required }, { required: error.required }],
  };
}
