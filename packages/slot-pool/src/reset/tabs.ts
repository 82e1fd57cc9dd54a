import { once, EventEmitter } from 'node:events';
import type { DevtoolsConnection } from '../devtools/devtools-connection.js';
import { listTargets } from '../devtools/list-targets.js';
import { listOf, textOf } from '../plain-data.js';
import type { PlainRecord } from '../plain-data.js';

// Chrome's own popups report success when told to close, and stay. A service worker comes and goes by itself as long as
// it is registered, which is a matter of storage.
const kept = new Set(['browser_ui', 'service_worker']);

/** A page that is open after a reset, with a session to command it by. */
export interface FreshPage {
  readonly targetId: string;
  readonly sessionId: string;
}

/**
 * Opens a blank page, closes every other tab, popup, worker and leftover context, and cleans up after them. The blank
 * page comes first, because a headed Chrome on Linux exits with its last tab. Resolves when the browser has reported
 * that all are gone, and `clean` has run after that.
 */
export async function resetTabs(
  connection: DevtoolsConnection,
  clean: (fresh: FreshPage) => Promise<unknown> = async () => {},
): Promise<FreshPage> {
  const destroyed = watchDestroyed(connection);
  // Sent together, since each answer means waiting for a browser that is busy with the previous command. The commands
  // are carried out in order, so whatever is listed is watched.
  const [, fresh, , listed] = await Promise.all([
    connection.send('Target.setDiscoverTargets', { discover: true }),
    openBlankPage(connection),
    disposeContexts(connection),
    listTargets(connection),
  ]);
  // Closing one page can open another, so this repeats until a look finds nothing else. Cleaning does not wait for that
  // look, and is repeated if the look found something. The caller sets the deadline.
  let left = others(listed, fresh);
  do {
    await Promise.all(left.map((targetId) => closeTarget(connection, targetId)));
    await destroyed.all(left);
    const [found] = await Promise.all([listTargets(connection), clean(fresh)]);
    left = others(found, fresh);
  } while (left.length > 0);
  return fresh;
}

// In the background, because a foreground tab activates the browser on macOS and takes the keyboard away from a person.
// It comes to the front of its window when the earlier tabs are closed.
async function openBlankPage(connection: DevtoolsConnection): Promise<FreshPage> {
  const targetId = textOf(
    await connection.send('Target.createTarget', { url: 'about:blank', background: true }),
    'targetId',
  );
  const attached = await connection.send('Target.attachToTarget', { targetId, flatten: true });
  return { targetId, sessionId: textOf(attached, 'sessionId') };
}

async function disposeContexts(connection: DevtoolsConnection): Promise<void> {
  const ids = listOf(await connection.send('Target.getBrowserContexts'), 'browserContextIds');
  await Promise.all(
    ids.map((browserContextId) => connection.send('Target.disposeBrowserContext', { browserContextId })),
  );
}

function others(targets: readonly PlainRecord[], fresh: FreshPage): string[] {
  return targets
    .filter(({ type }) => !kept.has(String(type)))
    .map((target) => textOf(target, 'targetId'))
    .filter((targetId) => targetId !== fresh.targetId);
}

// A target that has gone by itself refuses to be closed; the next look shows whether it has.
async function closeTarget(connection: DevtoolsConnection, targetId: string): Promise<void> {
  await connection.send('Target.closeTarget', { targetId }).catch(() => {});
}

function watchDestroyed(connection: DevtoolsConnection): { all: (ids: readonly string[]) => Promise<void> } {
  const destroyed = new Set<string>();
  const news = new EventEmitter();
  connection.onEvent((method, params) => {
    if (method !== 'Target.targetDestroyed') return;
    destroyed.add(textOf(params, 'targetId'));
    news.emit('destroyed');
  });
  return {
    async all(ids) {
      while (!ids.every((id) => destroyed.has(id))) await once(news, 'destroyed');
    },
  };
}
