import { nullFields, pickFields } from '@escarp/contract';
import type { FocusState, SlotIdentity } from '@escarp/os-identity';
import type { SlotView } from '@escarp/transport/client';
import { applicationFields, displayFields, toWireName } from '@escarp/transport/client';
import type { AskedBrowser } from './ask-browser.js';
import { printable } from './print/printable.js';

/** Everything that was found out about a slot's window. */
export interface WindowFindings {
  readonly view: SlotView;
  /** The browser's answer; undefined if there was none. */
  readonly asked: AskedBrowser | undefined;
  /** The system's answer; undefined if no browser is running. */
  readonly identity: SlotIdentity | undefined;
  /** Whether the window has the keyboard focus, if that was asked. */
  readonly keyboard: FocusState | undefined;
}

const platformFields = [...applicationFields, ...displayFields] as const;

export type WindowDocument = ReturnType<typeof windowDocument>;

/** The result of `escarp window`. Whatever is not known is null; nothing in it is remembered from an earlier answer. */
export function windowDocument({ view, asked, identity, keyboard }: WindowFindings) {
  const { slot, headless, cdpPort } = view;
  return {
    slot,
    osWindowId: identity?.osWindowId ?? null,
    ownerPid: identity?.ownerPid ?? view.pid,
    app: identity?.cuaAppName ?? identity?.wmClass ?? productName(asked),
    cuaApp: identity?.cuaAppBundleId ?? null,
    bounds: identity?.bounds ?? asked?.cdp?.bounds ?? null,
    cdpPort,
    cdpWindowId: asked?.cdp?.windowId ?? null,
    cdpTargetId: asked?.cdp?.targetId ?? null,
    verifiedAlive: isAlive(view, asked, identity),
    note: noteOf(view, asked, identity),
    calibrationNote: identity?.calibrationNote ?? null,
    headless,
    ...(identity === undefined ? nullFields(platformFields) : pickFields(identity, platformFields)),
    live: identity === undefined ? null : { ...identity.live, fields: identity.live.fields.map(toWireName) },
    ...(keyboard === undefined ? {} : { focused: keyboard.focused, focusReason: keyboard.reason }),
  };
}

/** Every field that scripts may rely on, one per line under its own name, followed by what else is known. */
export function windowLines(document: WindowDocument): string[] {
  const {
    live: _live,
    headless: _headless,
    calibrationNote: _note,
    cuaAppBundleId: _bundleId,
    ...told
  } = document;
  const rest = new Set<string>([...platformFields, 'focusReason']);
  return Object.entries(told)
    .filter(([name, value]) => value !== null || !rest.has(name))
    .map(([name, value]) => `${toWireName(name).padEnd(18)}${printable(worded(value))}`);
}

/** A window that the system shows is alive; if there is none, a browser is that answers as the right process. */
function isAlive({ pid, headless }: SlotView, asked: AskedBrowser | undefined, identity?: SlotIdentity) {
  if (pid === null || identity === undefined) return false;
  return headless ? asked?.pid === pid : identity.live.failure === null;
}

function noteOf(
  { slot, pid, state, headless }: SlotView,
  asked?: AskedBrowser,
  identity?: SlotIdentity,
): string {
  if (pid === null || identity === undefined) return `Slot ${slot} has no running browser; it is ${state}.`;
  if (!headless) return identity.calibrationNote;
  const browser = asked?.pid === pid ? 'its browser answers' : 'its browser does not answer';
  return `The slot is headless: it has no window, and ${browser} on its DevTools port.`;
}

/** `Chrome` of `Chrome/156.0.1.2`. */
function productName(asked: AskedBrowser | undefined): string | null {
  return asked?.product.split('/')[0] ?? null;
}

function worded(value: unknown): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
