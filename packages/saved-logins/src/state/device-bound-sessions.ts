import type { Devtools } from '../devtools.js';
import { recordOf, recordsOf, textOf } from '../devtools.js';
import type { NotHeld } from '../saved-login.js';

/**
 * Sessions whose cookies a server renews only for a key in this device's hardware. The browser tells of those it has before
 * it answers; one that does not know the command has none.
 */
export async function deviceBoundSessions(devtools: Devtools): Promise<NotHeld[]> {
  const found: NotHeld[] = [];
  const targets = recordsOf(await devtools.send('Target.getTargets'), 'targetInfos');
  const page = targets.find(({ type }) => type === 'page');
  if (page === undefined) return found;
  const attached = await devtools.send('Target.attachToTarget', {
    targetId: page['targetId'],
    flatten: true,
  });
  const sessionId = textOf(attached, 'sessionId');
  const unsubscribe = devtools.onEvent((method, params, ofSession) => {
    if (method !== 'Network.deviceBoundSessionsAdded' || ofSession !== sessionId) return;
    for (const session of recordsOf(params, 'sessions'))
      found.push({
        origin: null,
        what: 'device-bound session',
        detail: textOf(recordOf(session, 'key'), 'site'),
      });
  });
  try {
    await devtools.send('Network.enableDeviceBoundSessions', { enable: true }, sessionId).catch(() => {});
  } finally {
    unsubscribe();
    await devtools.send('Target.detachFromTarget', { sessionId }).catch(() => {});
  }
  return found;
}
