import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevtoolsConnection } from '../devtools/devtools-connection.js';
import type { WindowBounds } from '../slot.js';
import { resetTabs } from './tabs.js';
import type { FreshPage } from './tabs.js';

export interface StorageResetPlan {
  readonly downloads: string;
  readonly bounds: WindowBounds;
}

/**
 * `tabs`, then everything CDP clears for all origins at once, then permissions, downloads and the window's bounds.
 * What it leaves is in the published table: above all the HTTP login cache, for which CDP has no command.
 */
export async function resetStorage(
  connection: DevtoolsConnection,
  plan: StorageResetPlan,
): Promise<FreshPage> {
  const fresh = await resetTabs(connection);
  const { sessionId } = fresh;
  await Promise.all([
    // Over all origins, also those that no open page belongs to; needs a page's session although it is not about it.
    connection.send('Storage.clearDataForOrigin', { origin: '*', storageTypes: 'all' }, sessionId),
    connection.send('Storage.clearCookies'),
    connection.send('Network.clearBrowserCache', {}, sessionId),
    connection.send('Browser.resetPermissions'),
    connection.send('Browser.setDownloadBehavior', { behavior: 'default' }),
    emptyFolder(plan.downloads),
    restoreBounds(connection, fresh, plan.bounds),
  ]);
  return fresh;
}

// A window that is maximized or minimized takes bounds only after it has become normal.
async function restoreBounds(
  connection: DevtoolsConnection,
  fresh: FreshPage,
  bounds: WindowBounds,
): Promise<void> {
  const { windowId } = await connection.send('Browser.getWindowForTarget', { targetId: fresh.targetId });
  await connection.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'normal' } });
  await connection.send('Browser.setWindowBounds', { windowId, bounds });
}

async function emptyFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
