import type { Devtools } from '../devtools.js';

/**
 * Dismisses the dialogs that the tabs of these sessions show, and those that any tab shows until the returned function is
 * called. Only a session in which the domain Page was enabled before a dialog was opened can answer it. Never rejects.
 */
export async function dismissDialogs(devtools: Devtools, sessionIds: Iterable<string>): Promise<() => void> {
  const dismiss = async (sessionId: string, accept = false): Promise<void> => {
    // None may be open, or the tab be gone.
    await devtools.send('Page.handleJavaScriptDialog', { accept }, sessionId).catch(() => {});
  };
  const unsubscribe = devtools.onEvent((method, params, sessionId) => {
    if (method === 'Page.javascriptDialogOpening' && sessionId !== undefined)
      void dismiss(sessionId, params['type'] === 'beforeunload');
  });
  await Promise.all(Array.from(sessionIds, (sessionId) => dismiss(sessionId)));
  return unsubscribe;
}
