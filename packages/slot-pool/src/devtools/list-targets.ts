import { isRecord, listOf } from '../plain-data.js';
import type { PlainRecord } from '../plain-data.js';
import type { DevtoolsConnection } from './devtools-connection.js';

/** The TargetInfo of every target of the browser: pages, workers and Chrome's own. */
export async function listTargets(connection: DevtoolsConnection): Promise<PlainRecord[]> {
  return listOf(await connection.send('Target.getTargets'), 'targetInfos').filter(isRecord);
}
