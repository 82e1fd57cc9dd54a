import { resetPolicies } from '@escarp/contract';
import * as v from 'valibot';
import { count, epochSeconds, pixels, portNumber, seconds, slotNumber, whole } from './quantities.js';

const text = v.nullable(v.string());
const time = v.nullable(epochSeconds);

const boundsSchema = v.object({
  x: pixels,
  y: pixels,
  width: pixels,
  height: pixels,
});

const devPortsSchema = v.object({
  frontend: portNumber,
  backend: portNumber,
  postgres: portNumber,
  cdp: portNumber,
});

export const slotEntries = {
  slot: slotNumber,
  state: v.picklist(['free', 'leased', 'starting', 'resetting', 'quarantined', 'draining']),
  tier: v.string(),
  holder: text,
  devPort: v.nullable(portNumber),
  cdpPort: portNumber,
  /** Null on a leased slot for everyone but its holder, so that nobody attaches to a neighbour by mistake. */
  cdpWsUrl: text,
  pid: v.nullable(count),
  acquiredAt: time,
  expiresAt: time,
  lastHeartbeat: time,
  /** Half the TTL has passed without a heartbeat. */
  suspectedStale: v.boolean(),
  availableAfterS: v.nullable(seconds),
  retryAfterS: v.nullable(seconds),
  osWindowId: v.nullable(whole),
  ownerPid: v.nullable(count),
  bounds: v.nullable(boundsSchema),
  cdpWindowId: v.nullable(whole),
  cdpTargetId: text,
  calibrationNote: text,
  cuaAppBundleId: text,
  cuaAppName: text,
  cuaAppPath: text,
  fence: v.nullable(count),
  resetPolicy: v.picklist(resetPolicies),
  ports: devPortsSchema,
  display: text,
  /** The Xauthority file that opens `display`. */
  displayAuthority: text,
  wmClass: text,
  headless: v.boolean(),
  relaunchedAt: time,
  memoryBytes: v.nullable(count),
  uptimeS: v.nullable(seconds),
  lastError: text,
};

export const slotSchema = v.object(slotEntries);

/** One slot as anyone may see it. It never has a token. */
export type SlotView = v.InferOutput<typeof slotSchema>;
