import { nullFields } from '@escarp/contract';
import type { Lease, RegistryState, Resource } from '@escarp/lease-registry';
import type { SlotIdentity } from '@escarp/os-identity';
import type { ResetPolicy, SlotFacts, SpareFacts } from '@escarp/slot-pool';
import { holderFields, type HeldLogin, type LeaseView, type SlotView } from '@escarp/transport';
import type { Clocks } from '../clocks.js';
import type { PoolFile } from '../state-directory/pool-file.js';
import { cdpPortOf, devPortsOf } from './pool-ports.js';
import { controlView } from './control-view.js';
import { screenshotsOf } from '../screenshots/wanted-screenshots.js';
import { slotOf } from './slot-key.js';

/** Everything that is known of slots besides their leases, as last seen. */
export interface SlotKnowledge {
  readonly pool: PoolFile;
  readonly resetPolicy: ResetPolicy;
  readonly clocks: Clocks;
  /** By its key in the registry. */
  readonly slot: (key: string) => SeenSlot;
  readonly loginsOf: (lease: Lease) => readonly HeldLogin[];
}

/** What a view tells of a slot's browser. */
export interface SeenSlot {
  readonly driver: {
    readonly facts: () => SlotFacts | undefined;
    readonly spare: () => SpareFacts | undefined;
  };
  readonly window: { readonly identity: SlotIdentity | undefined };
  readonly memory: { readonly bytes: number | undefined };
  readonly spareMemory: { readonly bytes: number | undefined };
}

const unseen: SeenSlot = {
  driver: { facts: () => undefined, spare: () => undefined },
  window: { identity: undefined },
  memory: { bytes: undefined },
  spareMemory: { bytes: undefined },
};

/** A free slot keeps its tab and its Xauthority file when it is leased, so these are not told of a free one either. */
const withheld = nullFields(holderFields);

/** A slot as anyone may see it: never a token, and nothing by which its holder could be disturbed. */
export function slotView(known: SlotKnowledge, state: RegistryState, resource: Resource): SlotView {
  const view = describe(known, resource, state.leases.get(resource.key));
  const open = resource.state === 'free' ? { cdpWsUrl: view.cdpWsUrl } : {};
  return { ...view, ...withheld, ...open };
}

/** What a slot is like that somebody has just let go of. */
export interface Vacancy {
  readonly state: Exclude<SlotView['state'], 'leased' | 'draining'>;
  readonly lastError: string | null;
}

/** A slot as its former holder may see it, whoever has been given it since: nothing of its present browser or lease. */
export function vacantView(
  known: SlotKnowledge,
  resource: Resource,
  { state, lastError }: Vacancy,
): SlotView {
  const nobodys = { ...known, slot: () => unseen };
  const vacant = { ...resource, state, draining: false, exitAtMs: Infinity };
  return { ...describe(nobodys, vacant, undefined), lastError };
}

/** A slot as its holder sees it. */
export function leaseView(
  known: SlotKnowledge,
  resource: Resource,
  lease: Lease,
  leaseToken: string,
): LeaseView {
  const view = describe(known, resource, lease);
  const logins = [...known.loginsOf(lease)];
  const screenshots = screenshotsOf(lease);
  return Object.assign(view, {
    leaseToken,
    leaseId: lease.id,
    handle: lease.id,
    login: logins[0] ?? null,
    logins,
    cdpHttpUrl: `http://127.0.0.1:${view.cdpPort}`,
    heartbeatIntervalS: lease.ttlMs / 3_000,
    ...(screenshots === undefined ? {} : { screenshots }),
  });
}

// One literal, because a heartbeat makes one: spreading its parts took longer than all else that a heartbeat does here.
function describe(known: SlotKnowledge, resource: Resource, lease: Lease | undefined): SlotView {
  const slot = slotOf(resource.key);
  const { pool, resetPolicy, clocks } = known;
  const { driver, window, memory, spareMemory } = known.slot(resource.key);
  const isSignedIn = resource.claims.length > 0;
  const facts = driver.facts();
  const headless = facts?.headless ?? pool.headless;
  const spare = driver.spare();
  const { identity } = window;
  const nowMs = clocks.monotonicMs();
  const freeInS = freeIn(resource, lease, nowMs);
  return {
    slot,
    state: resource.draining ? 'draining' : resource.state,
    tier: isSignedIn ? 'delegated' : pool.tier,
    headless,
    resetPolicy: isSignedIn || headless !== pool.headless ? 'recycle' : resetPolicy,
    ports: devPortsOf(slot, pool.cdpBase),
    cdpPort: cdpPortOf(slot, pool.cdpBase),
    lastError: errorOf(resource, facts),
    control: lease?.control && controlView(lease.control),
    memoryBytes: memory.bytes ?? null,
    spare: spare && { pid: spare.pid, memoryBytes: spareMemory.bytes ?? null },
    pid: facts?.pid ?? null,
    cdpWsUrl: facts?.cdpWsUrl ?? null,
    cdpTargetId: facts?.cdpTargetId ?? null,
    cdpWindowId: facts?.cdpWindowId ?? null,
    relaunchedAt: seconds(facts?.relaunchedAt),
    uptimeS: facts === undefined ? null : Math.max(0, (clocks.wallMs() - facts.startedAt) / 1_000),
    holder: lease?.scope.holder ?? null,
    devPort: devPortOf(lease),
    acquiredAt: seconds(lease?.acquiredAt),
    expiresAt: seconds(lease?.expiresAt),
    lastHeartbeat: seconds(lease?.renewedAt),
    suspectedStale: lease !== undefined && lease.deadlineMs - nowMs < lease.ttlMs / 2,
    availableAfterS: freeInS,
    retryAfterS: freeInS === null ? null : Math.ceil(freeInS),
    fence: lease?.fence ?? null,
    osWindowId: identity?.osWindowId ?? null,
    ownerPid: identity?.ownerPid ?? null,
    bounds: identity?.bounds ?? boundsOf(facts),
    calibrationNote: identity?.calibrationNote ?? null,
    cuaAppBundleId: identity?.cuaAppBundleId ?? null,
    cuaAppName: identity?.cuaAppName ?? null,
    cuaAppPath: identity?.cuaAppPath ?? null,
    display: identity?.display ?? null,
    displayAuthority: identity?.displayAuthority ?? null,
    wmClass: identity?.wmClass ?? null,
  };
}

/** How long it is until the slot's state ends by itself. */
function freeIn({ exitAtMs }: Resource, lease: Lease | undefined, nowMs: number): number | null {
  const freeAtMs = lease?.deadlineMs ?? exitAtMs;
  return Number.isFinite(freeAtMs) ? Math.max(0, (freeAtMs - nowMs) / 1_000) : null;
}

function devPortOf(lease: Lease | undefined): number | null {
  const devPort = lease?.attributes['devPort'];
  return typeof devPort === 'number' ? devPort : null;
}

/** What went wrong with the slot as it is now; what a former holder met is no longer of interest. */
function errorOf({ state, recovering, lastError }: Resource, facts: SlotFacts | undefined): string | null {
  if (state === 'free' || state === 'resetting') return null;
  if (state === 'leased' && !recovering && (facts?.relaunchedAt ?? null) === null) return null;
  return lastError ?? null;
}

function boundsOf(facts: SlotFacts | undefined): SlotView['bounds'] {
  if (facts === undefined || facts.bounds === null) return null;
  const { left, top, width, height } = facts.bounds;
  return { x: left, y: top, width, height };
}

function seconds(ms: number | null | undefined): number | null {
  return ms === undefined || ms === null ? null : ms / 1_000;
}
