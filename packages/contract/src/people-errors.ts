import { contention } from './error-entry.js';
import type { ErrorEntry } from './error-entry.js';

/** Errors of what people decide: approvals, questions, control. */
export const peopleErrors = {
  approval_required: {
    ...contention,
    retry: 'after_fix',
    message: 'A person must approve this request.',
    hint: 'Ask again without wait_s: 0, so that somebody has the time to approve it.',
  },
  approval_denied: {
    ...contention,
    retry: 'never',
    message: 'A person has denied this request.',
    hint: 'Do not repeat it; go on without, or ask the person what to do instead.',
  },
  approval_timeout: {
    ...contention,
    message: 'Nobody approved this request in time.',
    hint: 'Tell the person that their approval is needed, then ask again.',
  },
  unknown_approval: {
    status: 404,
    exit: 1,
    retry: 'never',
    message: 'No request waits for this approval.',
    hint: 'Get /status to see which requests wait; one that was decided or has gone does not come back.',
  },
  unknown_ask: {
    status: 404,
    exit: 1,
    retry: 'never',
    message: 'No open question has this id.',
    hint: 'Get /status to see which are open; one that was answered or timed out does not come back.',
  },
  human_in_control: {
    ...contention,
    message: 'A person has control of this browser.',
    hint: 'Wait until they hand it back, then look at the page again before you go on.',
  },
} as const satisfies Record<string, ErrorEntry>;
