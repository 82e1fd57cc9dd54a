import { recordOf, textOf } from '../plain-data.js';
import type { DevtoolsConnection } from './devtools-connection.js';

/**
 * The target ids of the browser's pages. The browser tells of each page by an event of its own, because one answer with
 * all pages would grow with their addresses, which the pages choose. The connection must not be discovering targets.
 */
export async function pageIds({ send, onEvent }: DevtoolsConnection): Promise<string[]> {
  const ids: string[] = [];
  const unsubscribe = onEvent((method, params) => {
    if (method === 'Target.targetCreated') ids.push(textOf(recordOf(params, 'targetInfo'), 'targetId'));
  });
  try {
    // The events come before the answer. Pages go on to tell of every change until they are not listened to any more.
    await Promise.all([
      send('Target.setDiscoverTargets', { discover: true, filter: [{ type: 'page' }] }),
      send('Target.setDiscoverTargets', { discover: false }),
    ]);
  } finally {
    unsubscribe();
  }
  return ids;
}
