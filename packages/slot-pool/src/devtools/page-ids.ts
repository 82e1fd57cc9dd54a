import { recordOf, textOf } from '../plain-data.js';
import type { DevtoolsConnection } from './devtools-connection.js';

/**
 * The target ids of the browser's pages. The browser reports each page in an event of its own, because the length of
 * one answer with all pages would depend on their addresses, which the pages choose. The connection must not be
 * discovering targets already.
 */
export async function pageIds({ send, onEvent }: DevtoolsConnection): Promise<string[]> {
  const ids: string[] = [];
  const unsubscribe = onEvent((method, params) => {
    if (method === 'Target.targetCreated') ids.push(textOf(recordOf(params, 'targetInfo'), 'targetId'));
  });
  try {
    // The events come before the answer. Pages continue to report every change until nobody listens any more.
    await Promise.all([
      send('Target.setDiscoverTargets', { discover: true, filter: [{ type: 'page' }] }),
      send('Target.setDiscoverTargets', { discover: false }),
    ]);
  } finally {
    unsubscribe();
  }
  return ids;
}
