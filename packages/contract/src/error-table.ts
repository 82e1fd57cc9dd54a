import { contention, input, poolChange, unavailable } from './error-entry.js';
import type { ErrorEntry } from './error-entry.js';
import { loginErrors } from './login-errors.js';
import { peopleErrors } from './people-errors.js';

export type { ErrorEntry, Retry } from './error-entry.js';

/** Every error that escarp can answer with. No code exists outside this table. */
export const errorTable = {
  bad_json: {
    ...input,
    message: 'The body is not a JSON object.',
    hint: 'Send one JSON object, encoded as UTF-8.',
  },
  missing_holder: {
    ...input,
    message: 'The field holder is missing.',
    hint: 'Name the holder: a short name that a person will recognise in the status.',
  },
  missing_lease_token: {
    ...input,
    message: 'The field lease_token is missing.',
    hint: 'Send the lease_token from the reply to acquire.',
  },
  missing_slot: {
    ...input,
    message: 'The field slot is missing.',
    hint: 'Give the number of the slot, counted from 0.',
  },
  bad_request: {
    ...input,
    message: 'A field has a value that is not allowed.',
    hint: 'Correct the field that the message names; the schema is at /openapi.json.',
  },
  body_too_large: {
    ...input,
    status: 413,
    message: 'The body is larger than this server accepts.',
    hint: 'Send a smaller body; no operation needs more than a few kilobytes.',
  },
  unsupported_media_type: {
    ...input,
    status: 415,
    message: 'The body is not sent as JSON.',
    hint: 'Send the header Content-Type: application/json.',
  },
  unknown_route: {
    ...input,
    status: 404,
    message: 'There is nothing at this address.',
    hint: 'See /openapi.json for the routes.',
  },
  method_not_allowed: {
    ...input,
    status: 405,
    message: 'This address does not support this method.',
    hint: 'Use a method from the Allow header.',
  },
  unknown_slot: {
    status: 404,
    exit: 1,
    retry: 'after_fix',
    message: 'There is no such slot in the pool.',
    hint: 'Get /status to see which slots exist.',
  },
  unknown_lease: {
    status: 404,
    exit: 5,
    retry: 'never',
    message: 'No lease has this token.',
    hint: 'Acquire a new slot.',
  },
  lease_ended: {
    status: 410,
    exit: 5,
    retry: 'never',
    message: 'The lease has ended.',
    hint: 'Acquire a new slot; what was open in the browser is gone.',
  },
  unknown_handoff: {
    status: 404,
    exit: 5,
    retry: 'never',
    message: 'No open handoff has this code.',
    hint: 'Ask the holder to offer the slot again.',
  },
  handoff_not_for_you: {
    status: 409,
    exit: 5,
    retry: 'never',
    message: 'This handoff was offered to another holder.',
    hint: 'Accept it under the holder name it was offered to, or ask the holder to offer the slot to you.',
  },
  pool_exhausted: {
    ...contention,
    message: 'Every slot is leased.',
    hint: 'Try again after retry_after_s, or wait in the queue with wait_s.',
  },
  no_slot_available: {
    ...unavailable,
    exit: 7,
    message: 'No slot can be leased: every browser has failed.',
    hint: 'Run escarp doctor to see why; failed slots are retried automatically.',
  },
  slot_leased: {
    ...contention,
    message: 'This slot is leased.',
    hint: 'Ask for any slot, wait with wait_s, or have an operator revoke the lease.',
  },
  slot_not_ready: {
    ...contention,
    message: 'This slot is not ready to be leased.',
    hint: 'Try again after retry_after_s, or ask for any slot.',
  },
  quota_exceeded: {
    ...contention,
    message: 'This holder or tenant has reached its quota of leases and queued requests.',
    hint: 'Release a lease first.',
  },
  wait_timeout: {
    ...contention,
    message: 'No slot became free within the requested wait.',
    hint: 'Try again with a longer wait_s.',
  },
  too_many_waiting: {
    ...contention,
    status: 503,
    message: 'Too many requests are waiting for a slot.',
    hint: 'Try again after retry_after_s; the remaining connections are reserved for holders of a slot.',
  },
  request_conflict: {
    status: 409,
    exit: 1,
    retry: 'after_fix',
    message: 'This request_id was already used for a different request.',
    hint: 'Use a new request_id for each new request; reuse one only to repeat the same request.',
  },
  already_holding: {
    status: 409,
    exit: 3,
    retry: 'after_fix',
    message: 'This session already holds a slot.',
    hint: 'Use the slot you hold, or release it before acquiring another.',
  },
  which_lease: {
    ...input,
    status: 409,
    message: 'It is not clear which lease is meant.',
    hint: 'Name one in the field lease, by the handle that acquire answered with.',
  },
  ...loginErrors,
  ...peopleErrors,
  slot_already_in_pool: {
    ...poolChange,
    message: 'This slot is already in the pool.',
    hint: 'Choose another number, or keep the slot as it is.',
  },
  no_browser_on_port: {
    ...poolChange,
    message: "No escarp browser answers on this slot's port.",
    hint: 'Launch the slot with escarp pool add, or free the port.',
  },
  pool_error: {
    ...poolChange,
    message: 'The pool could not be changed.',
    hint: 'Run escarp doctor.',
  },
  forbidden_origin: {
    status: 403,
    exit: 1,
    retry: 'never',
    message: 'Web pages are not allowed to call escarp.',
    hint: 'Call it from a program on this machine, without an Origin header.',
  },
  forbidden_host: {
    status: 403,
    exit: 1,
    retry: 'after_fix',
    message: 'The Host header does not name an address of this server.',
    hint: "Use 127.0.0.1 with the daemon's port, or configure the name as an allowed host.",
  },
  unauthorized: {
    status: 401,
    exit: 1,
    retry: 'after_fix',
    message: 'This request needs a token.',
    hint: "Send Authorization: Bearer with this daemon's token (ESCARP_API_TOKEN).",
  },
  too_many_attempts: {
    status: 429,
    exit: 1,
    retry: 'later',
    message: 'Too many requests with a wrong token.',
    hint: 'Correct the token and try again after retry_after_s.',
  },
  too_many_sessions: {
    ...unavailable,
    message: 'Too many open MCP sessions or event streams.',
    hint: 'Close one that you do not need, or try again later.',
  },
  browser_missing: {
    status: 503,
    exit: 7,
    retry: 'after_fix',
    message: 'No browser was found on this machine.',
    hint: 'Run escarp install-browser, or set ESCARP_CFT_BINARY.',
  },
  browser_launch_failed: {
    status: 503,
    exit: 7,
    retry: 'later',
    message: 'The browser could not be started.',
    hint: "Run escarp doctor; the details contain the end of the browser's log.",
  },
  out_of_resources: {
    ...unavailable,
    message: 'This machine has too few file descriptors, processes or memory left to start a browser.',
    hint: 'Close programs you do not need, or raise the limit (ulimit -n, ulimit -u); the details say which one.',
  },
  not_ready: {
    ...unavailable,
    message: 'The daemon is still starting and cannot lease slots yet.',
    hint: 'Try again in a moment.',
  },
  journal_unavailable: {
    ...unavailable,
    message: 'The state directory cannot be written, so no slot can be leased safely.',
    hint: 'Check the free disk space and the owner of ESCARP_HOME.',
  },
  state_directory_lost: {
    ...unavailable,
    retry: 'after_fix',
    message: 'The state directory is no longer the one that this daemon opened.',
    hint: 'Put it back where it was; if it is gone, stop this daemon and its browsers, then run escarp up.',
  },
  shutting_down: {
    ...unavailable,
    message: 'The daemon is shutting down.',
    hint: 'Try again when the daemon is back up.',
  },
  daemon_unreachable: {
    ...unavailable,
    exit: 2,
    message: 'No daemon answers.',
    hint: 'Start the daemon with escarp up; if it does not start, escarp doctor says why.',
  },
  daemon_unresponsive: {
    ...unavailable,
    message: 'The daemon is running but does not answer.',
    hint: 'Try again when the machine is less busy; nothing has been changed.',
  },
  pool_runs_otherwise: {
    ...poolChange,
    message: 'The pool is already running with other options.',
    hint: 'Stop it and start it again with the options you want.',
  },
  internal: {
    status: 500,
    exit: 1,
    retry: 'later',
    message: 'Something went wrong inside escarp.',
    hint: "See the daemon's log: escarp logs.",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Every error code, spelled as on the wire. */
export type ErrorCode = keyof typeof errorTable;

/** Whether `code` is a code of the table; false for names that every object inherits, such as `toString`. */
export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorTable, code);
