import type { IdentityError } from '../errors.js';
import type { Finding } from '../identity.js';
import type { Run } from '../ports.js';
import { type ScreenSettings, whyNoScreen } from './slot-screen.js';

/** What this machine lacks for slots that native computer use can address. */
export async function inspectLinux(
  settings: Pick<ScreenSettings, 'displays' | 'session'>,
  run: Run,
): Promise<Finding[]> {
  const reason = await whyNoScreen(settings, { run });
  if (reason !== null) return [findingOf(reason)];
  return settings.displays === false && settings.session.waylandDisplay !== null ? [throughXWayland] : [];
}

const throughXWayland: Finding = {
  code: 'wayland_session',
  severity: 'warning',
  message:
    'This is a Wayland session: slots run through XWayland, and windows of Wayland programs that lie over a slot ' +
    'cannot be seen.',
  hint: 'Start escarp with --displays to give each slot an X display of its own.',
};

function findingOf({ code, message, hint }: IdentityError): Finding {
  return { code, severity: 'error', message, hint: hint ?? 'Report this as a bug.' };
}
