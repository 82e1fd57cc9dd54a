import type { SlotIdentity } from './identity.js';

/** How a person or a prompt is told to address a slot beside its DevTools URL: one fact a line, nothing unknown. */
export function addressLines(identity: SlotIdentity): string[] {
  const { cuaAppName, cuaAppBundleId, display, displayAuthority, osWindowId, ownerPid, wmClass } = identity;
  const { live, bounds } = identity;
  return [
    ...(cuaAppName === null ? [] : [`Application: ${cuaAppName} (bundle identifier ${cuaAppBundleId})`]),
    ...(display === null ? [] : [`Display: ${environmentOf(display, displayAuthority)}`]),
    ...(osWindowId === null ? [] : [`Window: ${osWindowId} of pid ${ownerPid}${classOf(wmClass)}`]),
    ...(bounds === null ? [] : [`Place: ${bounds.width} by ${bounds.height} at ${bounds.x}, ${bounds.y}`]),
    ...(live.failure === null ? [] : [`The window could not be asked for: ${live.failure.message}`]),
  ];
}

/** As it is put before a command. A display of the slot's own opens only with its cookie. */
function environmentOf(display: string, authority: string | null): string {
  return authority === null ? `DISPLAY=${display}` : `DISPLAY=${display} XAUTHORITY=${authority}`;
}

function classOf(wmClass: string | null): string {
  return wmClass === null ? '' : `, WM_CLASS ${wmClass}`;
}
