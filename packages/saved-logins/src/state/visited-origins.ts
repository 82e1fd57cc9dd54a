import type { BrowserRecord, Devtools } from '../devtools.js';
import { recordOf, recordsOf, textOf } from '../devtools.js';
import { dismissDialogs } from './dismiss-dialogs.js';
import { webOrigin } from './web-origin.js';

/** An origin that a page or a frame was of. */
export interface VisitedOrigin {
  readonly origin: string;
  /** The origin of the page that the frame was in, where that is of another site's. */
  readonly within: string | null;
}

/** Is given an address, the session that may ask the tab, and whether the tab has another page by now. */
export type AddressListener = (url: string, sessionId: string, isNewPage: boolean) => void;

/** Looks at where the tabs of a browser go, and changes nothing in them. */
export interface OriginWatch {
  readonly visited: () => VisitedOrigin[];
  /** Calls the listener with each address that a tab comes to. */
  readonly onAddress: (listener: AddressListener) => () => void;
  /**
   * Dismisses the dialogs that tabs show, and those that they show until the returned function is called: a tab that waits for
   * somebody to answer one tells nothing. Never rejects.
   */
  readonly dismissDialogs: () => Promise<() => void>;
  readonly end: () => void;
}

interface WatchedSession {
  readonly parent: string | undefined;
  /** The origin of its topmost frame. */
  top: string | undefined;
}

/** Watches every tab there is and will be, with the frames in them, by events alone. */
export async function watchOrigins(devtools: Devtools): Promise<OriginWatch> {
  const sessions = new Map<string, WatchedSession>();
  const visited = new Map<string, VisitedOrigin>();
  const listeners = new Set<AddressListener>();

  const topOf = (sessionId: string): string | undefined => {
    const session = sessions.get(sessionId);
    return session?.parent !== undefined && sessions.has(session.parent)
      ? topOf(session.parent)
      : session?.top;
  };
  const see = (frame: BrowserRecord, sessionId: string): void => {
    const origin = webOrigin(textOf(frame, 'url'));
    const session = sessions.get(sessionId);
    if (session === undefined) return;
    const isTop = frame['parentId'] === undefined;
    if (isTop && session.parent === undefined) {
      session.top = origin;
      const address = `${textOf(frame, 'url')}${textOf(frame, 'urlFragment')}`;
      for (const listener of listeners) listener(address, sessionId, true);
    }
    if (origin === undefined) return;
    const top = topOf(sessionId);
    const within = top === undefined || top === origin ? null : top;
    visited.set(`${origin} ${within}`, { origin, within });
  };
  const seeTree = (tree: BrowserRecord, sessionId: string): void => {
    see(recordOf(tree, 'frame'), sessionId);
    for (const child of recordsOf(tree, 'childFrames')) seeTree(child, sessionId);
  };
  const attach = async (sessionId: string): Promise<void> => {
    await devtools.send('Page.enable', {}, sessionId);
    await devtools.send('Target.setAutoAttach', following, sessionId);
    seeTree(recordOf(await devtools.send('Page.getFrameTree', {}, sessionId), 'frameTree'), sessionId);
  };
  const unsubscribe = devtools.onEvent((method, params, sessionId) => {
    if (method === 'Target.attachedToTarget') {
      const type = textOf(recordOf(params, 'targetInfo'), 'type');
      if (type !== 'page' && type !== 'iframe') return;
      const attached = textOf(params, 'sessionId');
      sessions.set(attached, { parent: type === 'iframe' ? sessionId : undefined, top: undefined });
      // It may be gone again.
      attach(attached).catch(() => {});
    } else if (method === 'Target.detachedFromTarget') sessions.delete(textOf(params, 'sessionId'));
    else if (method === 'Page.frameNavigated' && sessionId !== undefined)
      see(recordOf(params, 'frame'), sessionId);
    else if (method === 'Page.navigatedWithinDocument' && sessionId !== undefined)
      for (const listener of listeners) listener(textOf(params, 'url'), sessionId, false);
  });
  await devtools.send('Target.setAutoAttach', { ...following, filter: tabs });
  return {
    visited: () => [...visited.values()],
    onAddress: (listener) => added(listeners, listener),
    dismissDialogs: () => dismissDialogs(devtools, sessions.keys()),
    end: () => {
      unsubscribe();
      devtools.send('Target.setAutoAttach', { ...following, autoAttach: false }).catch(() => {});
    },
  };
}

function added<T>(to: Set<T>, one: T): () => void {
  to.add(one);
  return () => to.delete(one);
}

const following = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
const tabs = [{ type: 'page' }, { type: 'iframe' }];
