import { resetPolicies } from '@escarp/contract';
import * as v from 'valibot';
import { described } from './described.js';
import { controlSchema } from './people-fields.js';
import { count, epochSeconds, pixels, portNumber, seconds, slotNumber, whole } from './quantities.js';

const text = v.nullable(v.string());
const time = v.nullable(epochSeconds);

const boundsSchema = v.object({
  x: described(pixels, 'Left edge, in pixels.'),
  y: described(pixels, 'Top edge, in pixels.'),
  width: described(pixels, 'Width, in pixels.'),
  height: described(pixels, 'Height, in pixels.'),
});

const devPortsSchema = v.object({
  frontend: described(portNumber, "Port for the holder's front end."),
  backend: described(portNumber, "Port for the holder's back end."),
  postgres: described(portNumber, "Port for the holder's PostgreSQL."),
  cdp: described(portNumber, 'DevTools port of the slot.'),
});

const spareSchema = v.object({
  pid: described(count, 'Process id of the browser that waits.'),
  memoryBytes: described(
    v.nullable(count),
    'Its memory, in bytes, which the memory of the slot does not include; null until it was measured.',
  ),
});

const whenNull = 'null while there is no browser';

export const slotEntries = {
  slot: described(slotNumber, 'Number of the slot, counted from 0.'),
  state: described(
    v.picklist(['free', 'leased', 'starting', 'resetting', 'quarantined', 'draining']),
    'Only a free slot is granted. A quarantined slot has failed and is retried; a draining slot is leaving the pool.',
  ),
  tier: described(v.string(), 'What the slot keeps between holders.'),
  holder: described(text, 'Who holds the slot; null if nobody does.'),
  devPort: described(v.nullable(portNumber), "Port of the holder's own server, as given to acquire."),
  cdpPort: described(
    portNumber,
    'DevTools port of the slot. It stays the same when the browser is replaced.',
  ),
  cdpWsUrl: described(
    text,
    'DevTools address of the browser; on a leased slot null for everyone but its holder.',
  ),
  pid: described(v.nullable(count), `Process id of the browser; ${whenNull}.`),
  acquiredAt: described(time, 'When the lease was granted, in epoch seconds; null without a lease.'),
  expiresAt: described(
    time,
    'When the lease ends unless it is renewed, in epoch seconds; null without a lease.',
  ),
  lastHeartbeat: described(time, 'When the lease was last renewed, in epoch seconds; null without a lease.'),
  suspectedStale: described(v.boolean(), 'Whether half the TTL has passed without a heartbeat.'),
  availableAfterS: described(
    v.nullable(seconds),
    'Seconds until the current state ends by itself; null if it does not.',
  ),
  retryAfterS: described(v.nullable(seconds), 'The same, rounded up.'),
  osWindowId: described(
    v.nullable(whole),
    'Id of its window in the window system; null for a headless slot.',
  ),
  ownerPid: described(v.nullable(count), 'Id of the process that owns the window; null for a headless slot.'),
  bounds: described(v.nullable(boundsSchema), 'Position and size of the window; null if unknown.'),
  cdpWindowId: described(
    v.nullable(whole),
    'Id of its window in DevTools; null for everyone but its holder.',
  ),
  cdpTargetId: described(text, 'Id of its first page in DevTools; null for everyone but its holder.'),
  calibrationNote: described(
    text,
    'How the window was identified, or what is missing; null for a headless slot.',
  ),
  cuaAppBundleId: described(text, "Bundle id of the slot's application on macOS; null elsewhere."),
  cuaAppName: described(text, 'Name of that application.'),
  cuaAppPath: described(text, 'Path of that application.'),
  fence: described(v.nullable(count), 'A number that rises with every lease; null without a lease.'),
  resetPolicy: described(v.picklist(resetPolicies), 'How the slot is cleaned between leases.'),
  ports: described(devPortsSchema, "Ports for the holder's own servers."),
  display: described(text, 'X display of the window, such as :101; null without one.'),
  displayAuthority: described(
    text,
    'Path of the Xauthority file for `display`; null for everyone but its holder.',
  ),
  wmClass: described(text, 'WM_CLASS of the window; null without an X display.'),
  headless: described(v.boolean(), 'Whether the browser has no window.'),
  relaunchedAt: described(time, 'When the browser was last replaced while leased, in epoch seconds.'),
  memoryBytes: described(v.nullable(count), 'Memory of the slot, in bytes; on Linux proportional set size.'),
  spare: v.optional(
    described(spareSchema, 'A browser that waits for the next recycle of the slot; absent if there is none.'),
  ),
  uptimeS: described(v.nullable(seconds), `Seconds since the browser was started; ${whenNull}.`),
  lastError: described(text, 'The last error, if it explains the current state.'),
  control: v.optional(
    described(controlSchema, 'Who acts on the browser; absent until a person took over once.'),
  ),
};

export const slotSchema = v.object(slotEntries);

/** One slot as anyone may see it. Never contains a token. */
export type SlotView = v.InferOutput<typeof slotSchema>;
