import { asIdentityError, type IdentityError } from '../errors.js';
import type { Finding } from '../identity.js';
import type { Run } from '../ports.js';
import { sessionTarget, type SessionEnvironment } from './session-display.js';
import { type ScreenSettings, whyNoScreen } from './slot-screen.js';
import { withXConnection } from './x-connection.js';

/** What this machine lacks for slots that native computer use can address. */
export async function inspectLinux(
  settings: Pick<ScreenSettings, 'displays' | 'session'>,
  run: Run,
): Promise<Finding[]> {
  if (settings.displays === false) return inspectSession(settings.session);
  const reason = await whyNoScreen(settings, { run });
  return reason === null ? [] : [findingOf(reason)];
}

async function inspectSession(session: SessionEnvironment): Promise<Finding[]> {
  try {
    await withXConnection(sessionTarget(session), async () => undefined);
  } catch (thrown) {
    return [findingOf(asIdentityError(thrown, 'display_unreachable'))];
  }
  return session.waylandDisplay === null ? [] : [throughXWayland];
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
