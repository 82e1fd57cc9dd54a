import { errorTable, type ErrorCode } from './error-table.js';

/** Where an error is read: in the body of an HTTP answer, by a model over MCP, or by a person or a script at a prompt. */
export type Surface = 'http' | 'mcp' | 'cli';

/** What is said, and the next step, in the vocabulary of one surface. */
export type ErrorWords = { message: string; hint: string };

/**
 * What a surface says where the words of HTTP do not fit it. A model's tools take the fields of the wire, but it can run
 * no command; the command line names options and commands, and never a field of the wire.
 */
const ownWords: { [Code in ErrorCode]?: { mcp?: Partial<ErrorWords>; cli?: Partial<ErrorWords> } } = {
  bad_json: {
    cli: { hint: 'Run escarp doctor: this command and what answers it do not understand each other.' },
  },
  missing_holder: {
    cli: {
      message: 'No holder was named.',
      hint: 'Name who leases with --holder: a name that a person will recognise in the status.',
    },
  },
  missing_lease_token: {
    cli: {
      message: 'No lease was named.',
      hint: 'Name its token with --token, or let escarp release --mine find it.',
    },
  },
  missing_slot: {
    cli: {
      message: 'No slot was named.',
      hint: 'Name its number, counted from 0; escarp status lists the slots.',
    },
  },
  bad_request: {
    cli: {
      message: 'An option has a value that is not allowed.',
      hint: 'Correct the option that the message names; the same command with --help shows them all.',
    },
  },
  unsupported_media_type: {
    cli: { hint: 'Run escarp doctor: this command and what answers it do not understand each other.' },
  },
  unknown_route: {
    cli: { hint: 'The daemon may be of another version than this command: compare them with escarp doctor.' },
  },
  method_not_allowed: {
    cli: { hint: 'The daemon may be of another version than this command: compare them with escarp doctor.' },
  },
  unknown_slot: {
    mcp: { hint: 'Call escarp_status to see which slots there are.' },
    cli: { hint: 'See which slots there are with escarp status.' },
  },
  unknown_lease: {
    mcp: {
      message: 'This connection has no such lease.',
      hint: 'Pass the lease that escarp_acquire answered with here, or call escarp_acquire.',
    },
    cli: { hint: 'Acquire a slot again with escarp acquire.' },
  },
  lease_ended: {
    mcp: { hint: 'Call escarp_acquire again; what was open in the browser is gone.' },
    cli: { hint: 'Acquire a slot again with escarp acquire; what was open in the browser is gone.' },
  },
  handoff_not_for_you: {
    cli: { hint: 'Accept it with --holder and the name it was offered to, or ask for an offer of your own.' },
  },
  pool_exhausted: {
    mcp: { hint: 'Call again after retry_after_s, or pass wait_s to wait in the queue.' },
    cli: { hint: 'Wait in the queue with --wait SECONDS, or add a slot with escarp pool add.' },
  },
  slot_leased: {
    mcp: { hint: 'Ask for any slot, or pass wait_s to wait for this one.' },
    cli: {
      hint: 'Leave out --slot to get any slot, wait with --wait SECONDS, or take it away with escarp release --slot N.',
    },
  },
  slot_not_ready: {
    mcp: { hint: 'Call again after retry_after_s, or ask for any slot.' },
    cli: { hint: 'Wait for it with --wait SECONDS, or leave out --slot to get any slot.' },
  },
  too_many_waiting: {
    cli: { hint: 'Try again in a moment; connections are kept for those who hold a slot.' },
    mcp: { hint: 'Call again after retry_after_s; connections are kept for those who hold a slot.' },
  },
  quota_exceeded: { cli: { hint: 'Release a lease first, for example with escarp release --mine.' } },
  wait_timeout: { cli: { hint: 'Wait longer with --wait SECONDS, or add a slot with escarp pool add.' } },
  request_conflict: {
    cli: {
      message: 'This request was sent before with other contents.',
      hint: 'Run the command again: each run is a new request.',
    },
  },
  already_holding: {
    mcp: { hint: 'Use a browser you hold, or call escarp_release before you acquire another.' },
  },
  which_lease: {
    mcp: { hint: 'Pass lease: the one that escarp_acquire answered with.' },
  },
  no_browser_on_port: { cli: { hint: 'Leave out --no-launch, and the slot gets a browser.' } },
  forbidden_host: { cli: { hint: 'Set ESCARP_BROKER_URL to http://127.0.0.1 with the port of the daemon.' } },
  unauthorized: {
    mcp: { hint: 'Ask the person who runs this machine: the daemon wants ESCARP_API_TOKEN.' },
    cli: {
      hint: 'Set ESCARP_API_TOKEN to the token of this daemon; pool changes and revoking may want ESCARP_ADMIN_TOKEN.',
    },
  },
  too_many_attempts: { cli: { hint: 'Correct ESCARP_API_TOKEN, and try again in a few seconds.' } },
  daemon_unreachable: {
    mcp: {
      hint: 'Call escarp_acquire, which starts the daemon unless that was forbidden; else ask for escarp up to be run.',
    },
  },
  daemon_unresponsive: {
    cli: {
      hint: 'Try again in a moment; escarp logs says what it last did. escarp down --force ends it, leases and all.',
    },
  },
  pool_runs_otherwise: {
    cli: { hint: 'Take it down with escarp down, and bring it up anew with the options it should have.' },
  },
};

/** What this surface says of an error when the place that raised it has nothing more exact to say. */
export function errorWords(code: ErrorCode, surface: Surface): ErrorWords {
  const { message, hint } = errorTable[code];
  const own = surface === 'http' ? undefined : ownWords[code]?.[surface];
  return { message, hint, ...own };
}
