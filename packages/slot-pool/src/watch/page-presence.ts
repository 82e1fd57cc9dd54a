import type { DevtoolsConnection } from '../devtools/devtools-connection.js';
import { pageIds } from '../devtools/page-ids.js';

/**
 * Keeps a browser from having no page: a headless one lives on without any, and its slot would have none to hand out.
 * It asks about one page that it knows, because the length of an answer about all of them depends on what the pages do.
 */
export class PagePresence {
  #pageId: string | undefined;
  #misses = 0;

  /** Whether no page was found, so that the question should be repeated soon. */
  get isInDoubt(): boolean {
    return this.#misses > 0;
  }

  /** Resolves when the browser has answered, and has been told to open a page if it had none twice in a row. */
  async ensure(connection: DevtoolsConnection): Promise<void> {
    if (this.#pageId !== undefined && (await isThere(connection, this.#pageId))) return;
    [this.#pageId] = await pageIds(connection);
    this.#misses = this.#pageId === undefined ? this.#misses + 1 : 0;
    // Twice, because a holder may be between closing its last page and opening the next.
    if (this.#misses === 2) await connection.send('Target.createTarget', { url: 'about:blank' });
  }
}

function isThere(connection: DevtoolsConnection, targetId: string): Promise<boolean> {
  return connection.send('Target.getTargetInfo', { targetId }).then(
    () => true,
    () => false,
  );
}
