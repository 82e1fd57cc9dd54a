import { emptyOwnedFolder } from '@escarp/owned-files';
import type { DevtoolsConnection } from '../devtools/devtools-connection.js';
import { isRecord, listOf, textOf } from '../plain-data.js';
import type { WindowBounds } from '../slot.js';
import { restartNetworkService } from './network-service.js';
import type { NetworkServiceOwner } from './network-service.js';
import { resetTabs } from './tabs.js';
import type { FreshPage } from './tabs.js';

export interface StorageResetPlan {
  /** The state directory, which contains `downloads`. */
  readonly home: string;
  readonly downloads: string;
  readonly bounds: WindowBounds;
  readonly network: NetworkServiceOwner;
  /** Folders of extensions that the slot is launched with, which therefore stay. */
  readonly extensions: readonly string[];
}

/**
 * `tabs`, then the network with everything under way in it, then everything that CDP clears for all origins at once,
 * permissions, extensions, downloads and the window's bounds. What remains is listed in `resetPromises`: above all what
 * the profile keeps, such as history and site settings, for which CDP has no command.
 */
export async function resetStorage(
  connection: DevtoolsConnection,
  plan: StorageResetPlan,
): Promise<FreshPage> {
  return resetTabs(connection, (fresh) => clearStorage(connection, fresh, plan));
}

async function clearStorage(
  connection: DevtoolsConnection,
  fresh: FreshPage,
  plan: StorageResetPlan,
): Promise<void> {
  const { sessionId } = fresh;
  await restartNetworkService(connection, plan.network);
  await Promise.all([
    // For all origins, including those that no open page belongs to. It needs a page's session although it is not about
    // the page.
    connection.send('Storage.clearDataForOrigin', { origin: '*', storageTypes: 'all' }, sessionId),
    connection.send('Storage.clearCookies'),
    connection.send('Network.clearBrowserCache', {}, sessionId),
    connection.send('Browser.resetPermissions'),
    connection.send('Browser.setDownloadBehavior', { behavior: 'default' }),
    removeExtensions(connection, plan.extensions),
    emptyOwnedFolder(plan.home, plan.downloads),
    restoreBounds(connection, fresh, plan.bounds),
  ]);
}

// An extension that a holder loaded would see every page of the next holder. A browser without this command cannot have
// loaded one over CDP either.
async function removeExtensions(connection: DevtoolsConnection, kept: readonly string[]): Promise<void> {
  const answer = await connection.send('Extensions.getExtensions').catch(() => ({ extensions: [] }));
  const loaded = listOf(answer, 'extensions').filter(isRecord);
  const foreign = loaded.filter(({ path }) => !kept.includes(String(path)));
  await Promise.all(
    foreign.map((extension) => connection.send('Extensions.uninstall', { id: textOf(extension, 'id') })),
  );
}

// A maximized or minimized window accepts bounds only after it has become normal.
async function restoreBounds(
  connection: DevtoolsConnection,
  fresh: FreshPage,
  bounds: WindowBounds,
): Promise<void> {
  const { windowId } = await connection.send('Browser.getWindowForTarget', { targetId: fresh.targetId });
  await connection.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'normal' } });
  await connection.send('Browser.setWindowBounds', { windowId, bounds });
}
