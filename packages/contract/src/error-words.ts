import { errorTable, type ErrorCode } from './error-table.js';

/** Where an error is shown: in an HTTP response, to a model over MCP, or on the command line. */
export type Surface = 'http' | 'mcp' | 'cli';

/** The message and the next step, in the vocabulary of one surface. */
export type ErrorWords = { message: string; hint: string };

/**
 * The wording of a surface where that of HTTP does not fit. A model's tools take the fields of the wire, but a model
 * cannot run commands; the command line names options and commands, never fields of the wire.
 */
const ownWords: { [Code in ErrorCode]?: { mcp?: Partial<ErrorWords>; cli?: Partial<ErrorWords> } } = {
  bad_json: {
    cli: { hint: 'Run escarp doctor: this command and the server that answered it are not compatible.' },
  },
  missing_holder: {
    cli: {
      message: 'No holder was given.',
      hint: 'Pass --holder with a name that a person will recognise in the status.',
    },
  },
  missing_lease_token: {
    cli: {
      message: 'No lease was given.',
      hint: 'Pass its token with --token, or let escarp release --mine find it.',
    },
  },
  missing_slot: {
    cli: {
      message: 'No slot was given.',
      hint: 'Give the number of the slot, counted from 0; escarp status lists the slots.',
    },
  },
  bad_request: {
    cli: {
      message: 'An option has a value that is not allowed.',
      hint: 'Correct the option that the message names; --help shows all options of the command.',
    },
  },
  unsupported_media_type: {
    cli: { hint: 'Run escarp doctor: this command and the server that answered it are not compatible.' },
  },
  unknown_route: {
    cli: {
      hint: 'The daemon and this command may have different versions: compare them with escarp doctor.',
    },
  },
  method_not_allowed: {
    cli: {
      hint: 'The daemon and this command may have different versions: compare them with escarp doctor.',
    },
  },
  unknown_slot: {
    mcp: { hint: 'Call escarp_status to see which slots exist.' },
    cli: { hint: 'See which slots exist with escarp status.' },
  },
  unknown_lease: {
    mcp: {
      message: 'This connection has no such lease.',
      hint: 'Pass a lease that escarp_acquire returned on this connection, or call escarp_acquire.',
    },
    cli: { hint: 'Acquire a new slot with escarp acquire.' },
  },
  lease_ended: {
    mcp: { hint: 'Call escarp_acquire again; what was open in the browser is gone.' },
    cli: { hint: 'Acquire a new slot with escarp acquire; what was open in the browser is gone.' },
  },
  handoff_not_for_you: {
    cli: {
      hint: 'Pass --holder with the name it was offered to, or ask the holder to offer the slot to you.',
    },
  },
  pool_exhausted: {
    mcp: { hint: 'Call again after retry_after_s, or pass wait_s to wait in the queue.' },
    cli: { hint: 'Wait in the queue with --wait SECONDS, or add a slot with escarp pool add.' },
  },
  slot_leased: {
    mcp: { hint: 'Ask for any slot, or pass wait_s to wait for this one.' },
    cli: {
      hint: 'Leave out --slot to get any slot, wait with --wait SECONDS, or end the lease with escarp release --slot N.',
    },
  },
  slot_not_ready: {
    mcp: { hint: 'Call again after retry_after_s, or ask for any slot.' },
    cli: { hint: 'Wait for it with --wait SECONDS, or leave out --slot to get any slot.' },
  },
  too_many_waiting: {
    cli: { hint: 'Try again in a moment; the remaining connections are reserved for holders of a slot.' },
    mcp: {
      hint: 'Call again after retry_after_s; the remaining connections are reserved for holders of a slot.',
    },
  },
  quota_exceeded: { cli: { hint: 'Release a lease first, for example with escarp release --mine.' } },
  wait_timeout: { cli: { hint: 'Wait longer with --wait SECONDS, or add a slot with escarp pool add.' } },
  request_conflict: {
    cli: {
      message: 'A different request was already sent with this id.',
      hint: 'Run the command again: each run is a new request.',
    },
  },
  already_holding: {
    mcp: { hint: 'Use a browser you hold, or call escarp_release before acquiring another.' },
  },
  which_lease: {
    mcp: { hint: 'Pass lease: the one that escarp_acquire returned.' },
  },
  login_unknown: {
    cli: {
      hint: 'See which there are with escarp logins list; a person makes one with escarp login NAME --url URL.',
    },
  },
  login_stale: { cli: { hint: 'A person has to sign in again, with escarp login NAME --url URL.' } },
  login_exists: {
    cli: {
      hint: 'Choose another name, or remove the one that is there; an import replaces it with --replace.',
    },
  },
  login_archive_refused: {
    cli: { hint: 'Check the file and the passphrase, or export the logins again with escarp logins export.' },
  },
  login_in_use: {
    mcp: { hint: 'Call again after retry_after_s, or pass wait_s to wait in the queue.' },
    cli: { hint: 'Wait in the queue with --wait SECONDS.' },
  },
  approval_required: {
    mcp: { hint: 'Call again without wait_s: 0, so that somebody has the time to approve it.' },
    cli: { hint: 'Leave out --wait 0, so that somebody has the time to approve it.' },
  },
  unknown_approval: { cli: { hint: 'Run escarp approve to list the waiting requests.' } },
  unknown_ask: { cli: { hint: 'Run escarp answer to list the open questions.' } },
  no_browser_on_port: { cli: { hint: 'Leave out --no-launch to launch a browser for the slot.' } },
  forbidden_host: { cli: { hint: 'Set ESCARP_BROKER_URL to http://127.0.0.1 with the port of the daemon.' } },
  unauthorized: {
    mcp: { hint: 'Ask the person who runs this machine to set ESCARP_API_TOKEN: the daemon requires it.' },
    cli: {
      hint: 'Set ESCARP_API_TOKEN to the token of this daemon; pool changes and revoking may require ESCARP_ADMIN_TOKEN.',
    },
  },
  too_many_attempts: { cli: { hint: 'Correct ESCARP_API_TOKEN and try again in a few seconds.' } },
  daemon_unreachable: {
    mcp: {
      hint: 'Call escarp_acquire, which starts the daemon unless that is disabled; otherwise ask a person to run escarp up.',
    },
  },
  daemon_unresponsive: {
    cli: {
      hint: 'Try again in a moment; escarp logs shows what it did last. escarp down --force ends it and its leases.',
    },
  },
  pool_runs_otherwise: {
    cli: { hint: 'Stop it with escarp down, then start it again with the options you want.' },
  },
};

/** The default message and next step of an error on this surface; the code that raises it may give more specific ones. */
export function errorWords(code: ErrorCode, surface: Surface): ErrorWords {
  const { message, hint } = errorTable[code];
  const own = surface === 'http' ? undefined : ownWords[code]?.[surface];
  return { message, hint, ...own };
}
