import { messageOf } from '@escarp/contract';
import type { SlotFault } from '@escarp/slot-pool';
import { PoolError } from '@escarp/slot-pool';

/** What is wrong with a slot, as a sentence for its status and the journal. */
export const faultSentence: Readonly<Record<SlotFault, string>> = {
  exited: 'The browser exited.',
  closed: 'The browser was closed.',
  stopped: 'The browser was stopped.',
  blocked: 'The browser hangs.',
  frozen: 'The browser is frozen.',
  endless_work: 'The browser is stuck in endless work.',
  unresponsive: 'The browser does not answer.',
  page_crashed: 'The page crashed.',
  page_stopped: 'The page was stopped.',
};

/** Whether the browser itself works. */
export function isOfPage(reason: SlotFault): boolean {
  return reason === 'page_crashed' || reason === 'page_stopped';
}

/** The sentence, followed by the evidence. */
export function withEvidence(sentence: string, evidence: string | undefined): string {
  return evidence === undefined ? sentence : `${sentence.slice(0, -1)}: ${evidence}.`;
}

const logLinesTold = 3;

/** The text goes into the journal and into every status. */
const faultCharsMax = 2_000;

/** The sentence, followed by the last lines that the browser wrote. */
export function withLog(sentence: string, logLines: readonly string[]): string {
  return [sentence, ...logLines.slice(-logLinesTold)].join('\n').slice(0, faultCharsMax);
}

/** Why an operation on a slot failed, with the last lines that the browser wrote, if any. */
export function reasonOf(error: unknown): string {
  if (error instanceof PoolError) {
    const log: unknown = error.details['log'];
    return withLog(`${error.code}: ${error.message}`, Array.isArray(log) ? log.map(String) : []);
  }
  return withLog(messageOf(error), []);
}
