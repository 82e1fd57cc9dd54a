import type { RegistryEvent } from '@escarp/lease-registry';
import { isCode } from '@escarp/owned-files';
import { isEvent } from './read-journal.js';
import { readRecords } from './read-records.js';
import { journalFiles, segmentAt } from './segment-files.js';

/**
 * The events that a journal folder still has from a revision on, each once, even while another process writes to it.
 * Ends early, perhaps before the first, if the writer drops what is being read. Throws `journal_corrupt`.
 */
export async function* readEvents(folder: string, fromRevision: number): AsyncGenerator<RegistryEvent> {
  const { segments } = await journalFiles(folder);
  const first = segments.findLastIndex((segment) => segment < fromRevision);
  if (first === -1) return;
  let last = fromRevision - 1;
  try {
    for (const segment of segments.slice(first)) {
      for await (const { record } of readRecords(segmentAt(folder, segment))) {
        if (!isEvent(record) || record.revision <= last) continue;
        last = record.revision;
        yield record;
      }
    }
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}
