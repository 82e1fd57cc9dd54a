import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Devtools } from '../devtools.js';
import { recordOf, recordsOf, textOf } from '../devtools.js';
import { isAddressLike } from './address-glob.js';
import type { OriginWatch } from './visited-origins.js';

/** What shows that somebody has signed in: an address with `*` for any characters, or a text on a page. */
export interface SignInSigns {
  readonly url: string | undefined;
  readonly text: string | undefined;
}

/** Settles when a tab shows one of the signs; never when there is none to look for. */
export function untilSignedIn(
  devtools: Devtools,
  watch: OriginWatch,
  { url, text }: SignInSigns,
): Promise<void> {
  return new Promise((resolve) => {
    watch.onAddress((address, sessionId, isNewPage) => {
      if (url !== undefined && isAddressLike(url, address)) resolve();
      // A page that is left before the text was on it ends the question; one that only changes its address does not.
      if (text !== undefined && isNewPage)
        void untilText(devtools, text, sessionId).then(
          () => resolve(),
          () => {},
        );
    });
  });
}

/** Whether a page at `url`, opened where nobody sees it and no history tells of it, comes to show the text in time. */
export async function showsText(
  devtools: Devtools,
  { url, text }: { readonly url: string; readonly text: string },
  timeoutMs: number,
): Promise<boolean> {
  const { targetId } = await devtools.send('Target.createTarget', {
    url: 'about:blank',
    hidden: true,
    background: true,
  });
  const attached = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  const sessionId = textOf(attached, 'sessionId');
  const looking = lookForText(devtools, text, sessionId);
  const over = new AbortController();
  const late = pause(timeoutMs, false, { signal: over.signal }).catch(() => false);
  const failed = async (): Promise<never> => {
    await devtools.send('Page.enable', {}, sessionId);
    await devtools.send('Page.navigate', { url }, sessionId);
    return new Promise(() => {});
  };
  try {
    // The page need never come.
    return await Promise.race([looking.shown, late, devtools.closed.then(() => false), failed()]);
  } finally {
    over.abort();
    looking.end();
    await devtools.send('Target.closeTarget', { targetId }).catch(() => {});
  }
}

function lookForText(devtools: Devtools, text: string, sessionId: string) {
  const news = new EventEmitter<{ shown: [] }>();
  const end = devtools.onEvent((method, _params, ofSession) => {
    if (ofSession !== sessionId || method !== 'Page.domContentEventFired') return;
    // A page that is left before the text was on it ends the question.
    untilText(devtools, text, sessionId)
      .then((contextId) => untilWritten(devtools, contextId, sessionId))
      .then(() => news.emit('shown'))
      .catch(() => {});
  });
  return { shown: once(news, 'shown').then(() => true), end };
}

/** Asked in a world of its own, of which the page notices nothing. Rejects when the page is left. */
async function untilText(devtools: Devtools, text: string, sessionId: string): Promise<unknown> {
  const tree = await devtools.send('Page.getFrameTree', {}, sessionId);
  const frameId = textOf(recordOf(recordOf(tree, 'frameTree'), 'frame'), 'id');
  const world = await devtools.send('Page.createIsolatedWorld', { frameId, worldName: 'escarp' }, sessionId);
  const contextId = world['executionContextId'];
  const expression = `new Promise((resolve) => {
    const isShown = () => (document.body?.innerText ?? '').includes(${JSON.stringify(text)});
    const look = () => isShown() && (observer.disconnect(), resolve());
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    look();
  })`;
  await devtools.send('Runtime.evaluate', { expression, contextId, awaitPromise: true }, sessionId);
  return contextId;
}

/**
 * A page that is closed takes with it what it has begun to write, such as the token it was just given. A transaction over
 * everything is complete only when those before it are.
 */
async function untilWritten(devtools: Devtools, contextId: unknown, sessionId: string): Promise<void> {
  const expression = `(async () => {
    for (const { name } of await indexedDB.databases()) {
      const opening = indexedDB.open(name);
      const database = await new Promise((resolve, reject) => {
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      if (database.objectStoreNames.length > 0) await new Promise((resolve) => {
        const transaction = database.transaction(database.objectStoreNames, 'readwrite');
        transaction.oncomplete = transaction.onabort = resolve;
      });
      database.close();
    }
  })()`;
  await devtools.send('Runtime.evaluate', { expression, contextId, awaitPromise: true }, sessionId);
}

/** Settles when no open tab has had a request under way for half a second, and after `timeoutMs` at the latest. */
export async function untilQuiet(devtools: Devtools, timeoutMs: number): Promise<void> {
  const over = AbortSignal.timeout(timeoutMs);
  // A tab need not answer, for example one that shows a dialog.
  await Promise.race([quietTabs(devtools, over), once(over, 'abort')]);
}

async function quietTabs(devtools: Devtools, over: AbortSignal): Promise<void> {
  const targets = recordsOf(await devtools.send('Target.getTargets'), 'targetInfos');
  const tabs = targets.filter(({ type }) => type === 'page').map((target) => textOf(target, 'targetId'));
  // A tab that is closed meanwhile is quiet.
  await Promise.all(tabs.map((targetId) => quietTab(devtools, targetId, over).catch(() => {})));
}

async function quietTab(devtools: Devtools, targetId: string, over: AbortSignal): Promise<void> {
  const attached = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  const sessionId = textOf(attached, 'sessionId');
  const news = new EventEmitter<{ quiet: [] }>();
  const unsubscribe = devtools.onEvent((method, params, ofSession) => {
    if (method === 'Page.lifecycleEvent' && ofSession === sessionId && params['name'] === 'networkIdle')
      news.emit('quiet');
  });
  try {
    await devtools.send('Page.enable', {}, sessionId);
    await Promise.all([
      once(news, 'quiet', { signal: over }),
      // Tells at once of what has happened to the page already.
      devtools.send('Page.setLifecycleEventsEnabled', { enabled: true }, sessionId),
    ]);
  } finally {
    unsubscribe();
    await devtools.send('Target.detachFromTarget', { sessionId }).catch(() => {});
  }
}
