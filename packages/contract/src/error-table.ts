/** When asking again makes sense: never, later without a change, or after the request or the set-up was corrected. */
export type Retry = 'never' | 'later' | 'after_fix';

export type ErrorEntry = {
  /** HTTP status of the answer. */
  status: number;
  /** Exit code of a command that ends with this error. */
  exit: 1 | 2 | 3 | 5 | 7;
  retry: Retry;
  /** What is said when the place that raised the error has nothing more exact to say. */
  message: string;
  /** The next step in the words of HTTP, which names fields as the wire does; other surfaces may have words of their own. */
  hint: string;
};

const input = { status: 400, exit: 2, retry: 'after_fix' } as const;
const contention = { status: 409, exit: 3, retry: 'later' } as const;
const poolChange = { status: 409, exit: 1, retry: 'after_fix' } as const;
const unavailable = { status: 503, exit: 1, retry: 'later' } as const;

/** Every error escarp can answer with. There is no code outside this table. */
export const errorTable = {
  bad_json: {
    ...input,
    message: 'The body is not a JSON object.',
    hint: 'Send one JSON object, encoded as UTF-8.',
  },
  missing_holder: {
    ...input,
    message: 'The field holder is missing.',
    hint: 'Say who asks: a short name that a person will recognise in the status.',
  },
  missing_lease_token: {
    ...input,
    message: 'The field lease_token is missing.',
    hint: 'Send the lease_token that acquire answered with.',
  },
  missing_slot: {
    ...input,
    message: 'The field slot is missing.',
    hint: 'Say which slot: its number, counted from 0.',
  },
  bad_request: {
    ...input,
    message: 'A field has a value that is not allowed.',
    hint: 'Correct the field that the message names; the schema is at /openapi.json.',
  },
  body_too_large: {
    ...input,
    status: 413,
    message: 'The body is larger than this server reads.',
    hint: 'Send less; no operation needs more than a few kilobytes.',
  },
  unsupported_media_type: {
    ...input,
    status: 415,
    message: 'The body is not declared as JSON.',
    hint: 'Send the header Content-Type: application/json.',
  },
  unknown_route: {
    ...input,
    status: 404,
    message: 'There is nothing at this address.',
    hint: 'The routes are listed at /openapi.json.',
  },
  method_not_allowed: {
    ...input,
    status: 405,
    message: 'This address does not answer to this method.',
    hint: 'Use a method that the Allow header names.',
  },
  unknown_slot: {
    status: 404,
    exit: 1,
    retry: 'after_fix',
    message: 'There is no such slot in the pool.',
    hint: 'Ask for the status to see which slots there are.',
  },
  unknown_lease: {
    status: 404,
    exit: 5,
    retry: 'never',
    message: 'No lease is known by this token.',
    hint: 'Acquire a slot again.',
  },
  lease_ended: {
    status: 410,
    exit: 5,
    retry: 'never',
    message: 'The lease has ended.',
    hint: 'Acquire a slot again; what was open in the browser is gone.',
  },
  unknown_handoff: {
    status: 404,
    exit: 5,
    retry: 'never',
    message: 'No open handoff is known by this code.',
    hint: 'Ask the holder to offer the slot again.',
  },
  handoff_not_for_you: {
    status: 409,
    exit: 5,
    retry: 'never',
    message: 'This handoff was offered to another holder.',
    hint: 'Accept it under the holder name it was offered to, or ask for an offer of your own.',
  },
  pool_exhausted: {
    ...contention,
    message: 'Every slot is leased.',
    hint: 'Ask again after retry_after_s, or wait in the queue with wait_s.',
  },
  no_slot_available: {
    ...unavailable,
    exit: 7,
    message: 'No slot can be leased: the browser of each has failed.',
    hint: 'Run escarp doctor to see why; slots that failed are tried again by themselves.',
  },
  slot_leased: {
    ...contention,
    message: 'This slot is leased.',
    hint: 'Ask for any slot, wait with wait_s, or have an operator revoke the lease.',
  },
  slot_not_ready: {
    ...contention,
    message: 'This slot is not ready to be leased.',
    hint: 'Ask again after retry_after_s, or ask for any slot.',
  },
  quota_exceeded: {
    ...contention,
    message: 'This holder or tenant has as many leases as it may have.',
    hint: 'Release a lease first.',
  },
  wait_timeout: {
    ...contention,
    message: 'No slot became free in the time this request was ready to wait.',
    hint: 'Ask again with a longer wait_s.',
  },
  too_many_waiting: {
    ...contention,
    status: 503,
    message: 'As many requests wait for a slot as this server keeps.',
    hint: 'Ask again after retry_after_s; connections are kept for those who hold a slot.',
  },
  request_conflict: {
    status: 409,
    exit: 1,
    retry: 'after_fix',
    message: 'This request_id was used before for another request.',
    hint: 'Use a new request_id for every new request, and the same one only to repeat it.',
  },
  already_holding: {
    status: 409,
    exit: 3,
    retry: 'after_fix',
    message: 'This session holds a slot already.',
    hint: 'Use the slot you hold, or release it before you acquire another.',
  },
  which_lease: {
    ...input,
    status: 409,
    message: 'It is not clear which lease is meant.',
    hint: 'Name one in the field lease, by the handle that acquire answered with.',
  },
  slot_already_in_pool: {
    ...poolChange,
    message: 'This slot is in the pool already.',
    hint: 'Add another number, or leave it as it is.',
  },
  no_browser_on_port: {
    ...poolChange,
    message: 'No browser of escarp answers on the port of this slot.',
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
    message: 'Web pages may not talk to escarp.',
    hint: 'Call it from a program on this machine, without an Origin header.',
  },
  forbidden_host: {
    status: 403,
    exit: 1,
    retry: 'after_fix',
    message: 'The Host header names no address of this server.',
    hint: 'Use 127.0.0.1 with the port of the daemon, or configure the name as an allowed host.',
  },
  unauthorized: {
    status: 401,
    exit: 1,
    retry: 'after_fix',
    message: 'A token is needed that this request does not carry.',
    hint: 'Send Authorization: Bearer with the token of this daemon (ESCARP_API_TOKEN).',
  },
  too_many_attempts: {
    status: 429,
    exit: 1,
    retry: 'later',
    message: 'Too many requests with a wrong token.',
    hint: 'Find the right token, then try again after retry_after_s.',
  },
  too_many_sessions: {
    ...unavailable,
    message: 'As many sessions or streams are open as this server keeps.',
    hint: 'Close one that is not in use, or try again later.',
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
    message: 'The browser would not start.',
    hint: 'Run escarp doctor; the end of the browser log is in the details.',
  },
  out_of_resources: {
    ...unavailable,
    message: 'This machine has no descriptors, processes or memory left to start a browser with.',
    hint: 'Close what is not needed or raise the limit (ulimit -n, ulimit -u); the details say which one.',
  },
  not_ready: {
    ...unavailable,
    message: 'The daemon is up but leases nothing yet.',
    hint: 'Try again in a moment.',
  },
  journal_unavailable: {
    ...unavailable,
    message: 'The state directory cannot be written, so nothing can be leased safely.',
    hint: 'Check the free space and the owner of ESCARP_HOME.',
  },
  state_directory_lost: {
    ...unavailable,
    retry: 'after_fix',
    message: 'The state directory is no longer the one this daemon opened.',
    hint: 'Put it back where it was; if it is gone, end this daemon and its browsers, then run escarp up.',
  },
  shutting_down: {
    ...unavailable,
    message: 'The daemon is shutting down.',
    hint: 'Try again when it runs again.',
  },
  daemon_unreachable: {
    ...unavailable,
    exit: 2,
    message: 'No daemon answers.',
    hint: 'Start one with escarp up; escarp doctor says why it would not.',
  },
  daemon_unresponsive: {
    ...unavailable,
    message: 'The daemon runs but does not answer.',
    hint: 'Try again when the machine is less busy; nothing was changed.',
  },
  pool_runs_otherwise: {
    ...poolChange,
    message: 'The pool runs already and was made in another way.',
    hint: 'Take it down and bring it up anew as it should be.',
  },
  internal: {
    status: 500,
    exit: 1,
    retry: 'later',
    message: 'Something went wrong inside escarp.',
    hint: 'The log of the daemon has the reason: escarp logs.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** The closed union of error codes, the same words as on the wire. */
export type ErrorCode = keyof typeof errorTable;

/** True for codes of the table alone, not for what every object inherits. */
export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorTable, code);
