import { omitUndefined } from '@escarp/contract';
import type { Notice } from './notice.js';
import type { Notifier } from './notifier.js';

/** The operator's own program. It gets no arguments; what it is about is in its environment. */
export function askCommand(path: string): Notifier {
  return {
    name: 'ESCARP_ASK_COMMAND',
    invocation: (notice) => ({ command: path, args: [], env: variables(notice) }),
  };
}

function variables({
  kind,
  id,
  expiresAt,
  holder,
  reason,
  slot,
  instructions,
}: Notice): Record<string, string> {
  return omitUndefined({
    ESCARP_ASK_KIND: kind,
    ESCARP_ASK_ID: id,
    ESCARP_ASK_EXPIRES_AT: String(expiresAt / 1_000),
    ESCARP_ASK_HOLDER: holder,
    ESCARP_ASK_REASON: reason,
    ESCARP_ASK_SLOT: slot?.toString(),
    ESCARP_ASK_INSTRUCTIONS: instructions,
  });
}
