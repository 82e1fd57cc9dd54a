import type { DevtoolsConnection } from './devtools/devtools-connection.js';
import { pageIds } from './devtools/page-ids.js';
import type { LaunchRecord } from './launch-record.js';
import { numberOf, recordOf } from './plain-data.js';
import type { PlainRecord } from './plain-data.js';
import type { SlotFacts, SlotSpec, WindowBounds } from './slot.js';

/** What only the running browser knows: its first page and that page's window. */
export interface FirstPage {
  readonly cdpTargetId: string | null;
  readonly window: { readonly windowId: number; readonly bounds: WindowBounds } | undefined;
}

export async function readFirstPage(connection: DevtoolsConnection): Promise<FirstPage> {
  const [targetId] = await pageIds(connection);
  return targetId === undefined
    ? { cdpTargetId: null, window: undefined }
    : describePage(connection, targetId);
}

/** Of the page with this id. */
export async function describePage(connection: DevtoolsConnection, targetId: string): Promise<FirstPage> {
  return { cdpTargetId: targetId, window: await windowOf(connection, targetId) };
}

export function slotFacts(
  spec: SlotSpec,
  record: LaunchRecord,
  { cdpTargetId, window }: FirstPage,
): SlotFacts {
  return {
    index: spec.index,
    tier: spec.tier,
    headless: record.headless,
    profile: record.profile,
    pid: record.pid,
    cdpPort: record.port,
    cdpWsUrl: record.wsUrl,
    cdpTargetId,
    cdpWindowId: window?.windowId ?? null,
    bounds: window?.bounds ?? null,
    version: record.version,
    startedAt: record.launchedAt,
    relaunchedAt: record.relaunchedAt,
  };
}

async function windowOf(connection: DevtoolsConnection, targetId: string): Promise<FirstPage['window']> {
  try {
    const window = await connection.send('Browser.getWindowForTarget', { targetId });
    return { windowId: numberOf(window, 'windowId'), bounds: boundsOf(recordOf(window, 'bounds')) };
  } catch {
    // The page may have been closed between the two questions.
    return undefined;
  }
}

function boundsOf(bounds: PlainRecord): WindowBounds {
  return {
    left: numberOf(bounds, 'left'),
    top: numberOf(bounds, 'top'),
    width: numberOf(bounds, 'width'),
    height: numberOf(bounds, 'height'),
  };
}
