import { operations } from '@escarp/transport';
import * as v from 'valibot';
import { eventDocument } from './event-document.js';

const text = v.pipe(v.string(), v.nonEmpty());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const level = v.picklist(['ok', 'note', 'warning', 'problem']);
const rectangle = v.strictObject({ x: v.number(), y: v.number(), width: v.number(), height: v.number() });

/**
 * What the commands print with `--json` if it is not the answer of one operation; in camel case, like the operations'.
 */
export const scaleDocument = v.strictObject({
  add: v.array(count),
  remove: v.array(count),
  pool: operations.status.output,
  dryRun: v.boolean(),
});

export const releaseDocument = v.strictObject({ released: v.array(operations.release.output) });

export const downDocument = v.strictObject({ daemonStopped: v.boolean(), slotsStopped: v.array(count) });

export const logDocument = v.strictObject({
  events: v.array(v.strictObject({ revision: count, at: v.number(), event: eventDocument })),
});

export const logsDocument = v.strictObject({ path: text, lines: v.array(text) });

export const doctorDocument = v.strictObject({
  level,
  findings: v.pipe(
    v.array(v.strictObject({ check: text, level, what: text, remedy: v.optional(text) })),
    v.nonEmpty(),
  ),
});

export const planDocument = v.strictObject({
  agents: count,
  busy: share,
  sessionS: v.number(),
  resetS: v.number(),
  waitS: v.number(),
  seed: count,
  plan: v.strictObject({
    load: v.number(),
    slots: count,
    isEnough: v.boolean(),
    pools: v.array(
      v.strictObject({
        slots: count,
        utilisation: share,
        atOnce: share,
        waitS: v.strictObject({ mean: v.number(), p50: v.number(), p95: v.number(), max: v.number() }),
        queueMax: count,
      }),
    ),
  }),
});

export const setupPlanDocument = v.strictObject({
  settings: text,
  steps: v.pipe(
    v.array(
      v.variant('kind', [
        v.strictObject({ kind: v.literal('run'), program: text, args: v.array(v.string()) }),
        v.strictObject({ kind: v.literal('edit'), before: v.optional(v.string()), after: text }),
      ]),
    ),
    v.nonEmpty(),
  ),
});

export const windowDocument = v.strictObject({
  slot: count,
  osWindowId: v.nullable(count),
  ownerPid: v.nullable(count),
  app: v.nullable(text),
  cuaApp: v.nullable(text),
  bounds: v.nullable(rectangle),
  cdpPort: count,
  cdpWindowId: v.nullable(count),
  cdpTargetId: v.nullable(text),
  verifiedAlive: v.boolean(),
  note: text,
  calibrationNote: v.nullable(text),
  headless: v.boolean(),
  cuaAppBundleId: v.nullable(text),
  cuaAppName: v.nullable(text),
  cuaAppPath: v.nullable(text),
  display: v.nullable(text),
  displayAuthority: v.nullable(text),
  wmClass: v.nullable(text),
  live: v.nullable(
    v.strictObject({
      askedAtMs: v.number(),
      fields: v.array(v.picklist(['os_window_id', 'owner_pid', 'bounds', 'wm_class'])),
      failure: v.nullable(v.strictObject({ code: text, message: text, hint: v.nullable(text) })),
    }),
  ),
  focused: v.optional(v.boolean()),
  focusReason: v.optional(v.nullable(text)),
});
