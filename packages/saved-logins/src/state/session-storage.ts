import type { BrowserRecord, Devtools } from '../devtools.js';
import { isBrowserRecord, recordOf, recordsOf, textOf } from '../devtools.js';
import { webOrigin } from './web-origin.js';

type Entries = [string, string][];

/**
 * What each origin that a tab shows keeps for that tab, nothing too. Where several tabs show one, the first that has
 * something.
 */
export async function captureSessionStorage(devtools: Devtools): Promise<Map<string, Entries>> {
  const found = new Map<string, Entries>();
  const targets = recordsOf(await devtools.send('Target.getTargets'), 'targetInfos');
  for (const { targetId } of targets.filter(({ type }) => type === 'page')) {
    // A tab may close at any moment.
    const entries = await ofTab(devtools, String(targetId)).catch(() => new Map<string, Entries>());
    for (const [origin, held] of entries) if ((found.get(origin) ?? []).length === 0) found.set(origin, held);
  }
  return found;
}

async function ofTab(devtools: Devtools, targetId: string): Promise<Map<string, Entries>> {
  const found = new Map<string, Entries>();
  const attached = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  const sessionId = textOf(attached, 'sessionId');
  try {
    const { frameTree } = await devtools.send('Page.getFrameTree', {}, sessionId);
    for (const origin of originsIn(isBrowserRecord(frameTree) ? frameTree : {})) {
      const storageId = { securityOrigin: origin, isLocalStorage: false };
      const { entries } = await devtools.send('DOMStorage.getDOMStorageItems', { storageId }, sessionId);
      found.set(
        origin,
        Array.isArray(entries) ? entries.map(([name, value]) => [String(name), String(value)]) : [],
      );
    }
  } finally {
    await devtools.send('Target.detachFromTarget', { sessionId }).catch(() => {});
  }
  return found;
}

function originsIn(tree: BrowserRecord): Set<string> {
  const own = webOrigin(textOf(recordOf(tree, 'frame'), 'url'));
  const below = recordsOf(tree, 'childFrames').flatMap((child) => [...originsIn(child)]);
  return new Set([...(own === undefined ? [] : [own]), ...below]);
}

/**
 * Has the tab put the entries back when it first opens a page of their origin, before the page runs. Resolves when that is
 * prepared; `restored` settles when every origin had its turn, or the tab is gone. The connection must stay open until then.
 */
export async function restoreSessionStorage(
  devtools: Devtools,
  targetId: string,
  storages: ReadonlyMap<string, Entries>,
): Promise<{ readonly restored: Promise<void> }> {
  const attached = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  const sessionId = textOf(attached, 'sessionId');
  const scripts = new Map<string, string>();
  await devtools.send('Page.enable', {}, sessionId);
  for (const [origin, entries] of storages) {
    const source = restoringScript(origin, entries);
    const added = await devtools.send('Page.addScriptToEvaluateOnNewDocument', { source }, sessionId);
    scripts.set(origin, textOf(added, 'identifier'));
  }
  const restored = new Promise<void>((resolve) => {
    const unsubscribe = devtools.onEvent((method, params, ofSession) => {
      if (method === 'Target.detachedFromTarget' && params['sessionId'] === sessionId) return over();
      if (method !== 'Page.frameNavigated' || ofSession !== sessionId) return;
      const origin = webOrigin(textOf(recordOf(params, 'frame'), 'url'));
      const identifier = origin === undefined ? undefined : scripts.get(origin);
      if (origin === undefined || identifier === undefined) return;
      scripts.delete(origin);
      const removed = devtools.send('Page.removeScriptToEvaluateOnNewDocument', { identifier }, sessionId);
      removed.catch(() => {}).finally(() => scripts.size === 0 && over());
    });
    // Not detached from while the connection lasts, because that would take the tab's passkeys away.
    const over = (): void => {
      unsubscribe();
      resolve();
    };
    void devtools.closed.then(over);
  });
  return { restored };
}

/** Does nothing where the page has something already. */
function restoringScript(origin: string, entries: Entries): string {
  return `if (location.origin === ${JSON.stringify(origin)} && sessionStorage.length === 0)
    for (const [name, value] of ${JSON.stringify(entries)}) sessionStorage.setItem(name, value);`;
}
