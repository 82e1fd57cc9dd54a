import { IdentityError } from '../errors.js';
import type { Finding } from '../identity.js';

/** What macOS lets a program do only when the user has said so, and what escarp needs it for. */
export type Permission = 'accessibility' | 'automation' | 'screenRecording';

type Pane = { title: string; anchor: string; purpose: string };

const panes: Record<Permission, Pane> = {
  accessibility: {
    title: 'Accessibility',
    anchor: 'Privacy_Accessibility',
    purpose: 'to raise a window and to see which one is key',
  },
  automation: {
    title: 'Automation, System Events',
    anchor: 'Privacy_Automation',
    purpose: 'to reach the windows of an application',
  },
  screenRecording: {
    title: 'Screen & System Audio Recording',
    anchor: 'Privacy_ScreenCapture',
    purpose: 'to take a screenshot of a window',
  },
};

export function permissionMissing(permission: Permission): IdentityError {
  const { title, anchor, purpose } = panes[permission];
  return new IdentityError(
    'permission_missing',
    `macOS does not let escarp use ${title}, which it needs ${purpose}.`,
    {
      hint:
        `System Settings > Privacy & Security > ${title}: allow the program that started escarp (your terminal), ` +
        `then start the daemon again. Open the pane: open "x-apple.systempreferences:com.apple.preference.security?${anchor}"`,
    },
  );
}

export function permissionFinding(permission: Permission): Finding {
  const { code, message, hint } = permissionMissing(permission);
  return { code, severity: 'error', message, hint: hint ?? '' };
}

/** The error numbers by which AppleEvents and Accessibility refuse, as seen in other programs' reports. */
const refusals: Readonly<Record<number, Permission>> = {
  [-1743]: 'automation',
  [-1744]: 'automation',
  [-1719]: 'accessibility',
  [-25211]: 'accessibility',
};

/** The permission that an error number is about; null for any other error. */
export function refusedPermission(errorNumber: number | null): Permission | null {
  return errorNumber === null ? null : (refusals[errorNumber] ?? null);
}
