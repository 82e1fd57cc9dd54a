import { resetPolicies } from '@escarp/contract';
import * as v from 'valibot';
import { described } from './described.js';
import { count, epochSeconds, pixels, portNumber, seconds, slotNumber, whole } from './quantities.js';

const text = v.nullable(v.string());
const time = v.nullable(epochSeconds);

const boundsSchema = v.object({
  x: described(pixels, 'Left edge, in pixels.'),
  y: described(pixels, 'Upper edge, in pixels.'),
  width: described(pixels, 'Width, in pixels.'),
  height: described(pixels, 'Height, in pixels.'),
});

const devPortsSchema = v.object({
  frontend: described(portNumber, "For the holder's front end."),
  backend: described(portNumber, "For the holder's back end."),
  postgres: described(portNumber, "For the holder's PostgreSQL."),
  cdp: described(portNumber, 'DevTools of the slot.'),
});

const whenNull = 'null while there is no browser';

export const slotEntries = {
  slot: described(slotNumber, 'Number of the slot, counted from 0.'),
  state: described(
    v.picklist(['free', 'leased', 'starting', 'resetting', 'quarantined', 'draining']),
    'Only a free slot is granted. A quarantined one failed and is tried again; a draining one leaves the pool.',
  ),
  tier: described(v.string(), 'Kind of profile the pool runs.'),
  holder: described(text, 'Who holds it; null when nobody does.'),
  devPort: described(v.nullable(portNumber), "Port of the holder's own server, as named with acquire."),
  cdpPort: described(
    portNumber,
    'DevTools port of the slot. It stays the same when the browser is replaced.',
  ),
  cdpWsUrl: described(text, 'DevTools address of the browser; null on a leased slot for all but its holder.'),
  pid: described(v.nullable(count), `Process id of the browser; ${whenNull}.`),
  acquiredAt: described(time, 'When the lease was granted, in epoch seconds; null without a lease.'),
  expiresAt: described(
    time,
    'When the lease ends unless it is renewed, in epoch seconds; null without a lease.',
  ),
  lastHeartbeat: described(time, 'When the lease was last renewed, in epoch seconds; null without a lease.'),
  suspectedStale: described(v.boolean(), 'Half the TTL has passed without a heartbeat.'),
  availableAfterS: described(
    v.nullable(seconds),
    'Seconds until the present state ends by itself; null when time alone does not end it.',
  ),
  retryAfterS: described(v.nullable(seconds), 'The same, rounded up.'),
  osWindowId: described(
    v.nullable(whole),
    'Number of its window in the window system; null for a headless slot.',
  ),
  ownerPid: described(v.nullable(count), 'Process id that owns the window; null for a headless slot.'),
  bounds: described(v.nullable(boundsSchema), 'Where the window is; null where that is not known.'),
  cdpWindowId: described(v.nullable(whole), 'Number of its window in DevTools; null for all but its holder.'),
  cdpTargetId: described(text, 'Name of its first page in DevTools; null for all but its holder.'),
  calibrationNote: described(text, 'How the window was found, or what is missing; null for a headless slot.'),
  cuaAppBundleId: described(text, 'Bundle id of the application of the slot on macOS; null elsewhere.'),
  cuaAppName: described(text, 'Name of that application.'),
  cuaAppPath: described(text, 'Path of that application.'),
  fence: described(v.nullable(count), 'A number that rises with every lease; null without a lease.'),
  resetPolicy: described(v.picklist(resetPolicies), 'How the slot is cleaned between leases.'),
  ports: described(devPortsSchema, "Ports for the holder's own servers."),
  display: described(text, 'X display of the window, such as :101; null without one.'),
  displayAuthority: described(
    text,
    'Path of the Xauthority file that opens `display`; null for all but its holder.',
  ),
  wmClass: described(text, 'WM_CLASS of the window; null without an X display.'),
  headless: described(v.boolean(), 'Whether the browser has no window.'),
  relaunchedAt: described(time, 'When the browser was last replaced under its holder, in epoch seconds.'),
  memoryBytes: described(v.nullable(count), 'Memory of the slot, in bytes; on Linux proportional set size.'),
  uptimeS: described(v.nullable(seconds), `Seconds since the browser was started; ${whenNull}.`),
  lastError: described(text, 'What went wrong last, where that explains the present state.'),
};

export const slotSchema = v.object(slotEntries);

/** One slot as anyone may see it. It never has a token. */
export type SlotView = v.InferOutput<typeof slotSchema>;
