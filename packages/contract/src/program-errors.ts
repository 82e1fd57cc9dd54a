import { errorTable, isErrorCode, type ErrorCode, type Retry } from './error-table.js';

/** What is known of an error that ends a program and never crosses the wire. */
export type ProgramErrorEntry = {
  /** Exit code of the program that ends with it. */
  exit: number;
  retry: Retry;
  /** What is said when the place that raised the error has nothing more exact to say. */
  message: string;
  /** The next step of whoever started the program. */
  hint: string;
};

const usage = { exit: 2, retry: 'after_fix' } as const;
const stuck = { exit: 1, retry: 'after_fix' } as const;
const system = { exit: 4, retry: 'after_fix' } as const;
const passing = { exit: 1, retry: 'later' } as const;

/** Errors of the command line itself. */
const commandErrors = {
  bad_usage: {
    ...usage,
    message: 'The command was not understood.',
    hint: 'Run the same command with --help.',
  },
  interrupted: {
    exit: 130,
    retry: 'later',
    message: 'A signal ended this command.',
    hint: 'Run it again.',
  },
  file_exists: {
    exit: 3,
    retry: 'after_fix',
    message: 'The file exists already.',
    hint: 'Name another file, or replace it with --force.',
  },
  file_not_written: {
    ...stuck,
    message: 'A file that the command names cannot be written.',
    hint: 'Check the path, its permissions and the free space, or name another file.',
  },
  output_not_written: {
    ...stuck,
    message: 'Standard output cannot be written.',
    hint: 'Free some space, or send the output elsewhere.',
  },
  screenshots_unknown: {
    ...stuck,
    message: 'There are no screenshots of this lease or slot.',
    hint: 'Run escarp screenshots list to see of which leases there are any.',
  },
  certificate_not_made: {
    ...stuck,
    message: 'No certificate could be made for this address.',
    hint: 'Install openssl, or give a certificate of your own with --tls-cert and --tls-key.',
  },
} as const satisfies Record<string, ProgramErrorEntry>;

/** Errors of `escarp setup`. */
export const setupErrors = {
  client_not_found: {
    ...stuck,
    message: 'The tool to set up is not on this machine.',
    hint: 'Install it, or name another one.',
  },
  settings_unreadable: {
    ...stuck,
    message: "The tool's settings are not what they should be, so they were left alone.",
    hint: 'Correct the settings file that the message names.',
  },
  settings_not_writable: {
    ...stuck,
    message: "The tool's settings could not be written and are as they were.",
    hint: 'Check the owner and the mode of the settings file.',
  },
  settings_changed: {
    ...passing,
    message: 'Somebody else wrote the settings at the same time.',
    hint: 'Run escarp setup again.',
  },
  registration_failed: {
    ...stuck,
    message: "The tool's own command refused to register escarp.",
    hint: 'Run that command by hand to see why.',
  },
  smoke_test_failed: {
    ...stuck,
    message: 'The registered command did not answer as an MCP server.',
    hint: 'Run escarp doctor.',
  },
} as const satisfies Record<string, ProgramErrorEntry>;

/** Errors of `escarp run --playwright`. */
const runnerErrors = {
  playwright_missing: {
    ...usage,
    message: 'The suite has no Playwright.',
    hint: 'Name the folder of the suite with --suite.',
  },
  playwright_too_old: {
    ...usage,
    message: "The suite's Playwright is too old to be lent a browser.",
    hint: 'Update @playwright/test.',
  },
} as const satisfies Record<string, ProgramErrorEntry>;

/** Why the daemon, or a command that stands in for it, cannot go on. */
export const daemonErrors = {
  state_directory_unusable: {
    ...stuck,
    message: 'The state directory cannot be used.',
    hint: 'Set ESCARP_HOME to a directory that is yours alone.',
  },
  lock_held: {
    ...passing,
    message: 'Another process keeps a file of the state directory locked.',
    hint: 'Continue that process if it was stopped, or end it; then try again.',
  },
  daemon_already_running: {
    ...stuck,
    message: 'A daemon already serves this state directory.',
    hint: 'See it with escarp status, or stop it with escarp daemon stop.',
  },
  viewer_already_running: {
    ...stuck,
    message: 'A viewer already serves this state directory.',
    hint: 'Get a link to it with escarp view.',
  },
  journal_corrupt: {
    ...stuck,
    message: 'The journal is damaged.',
    hint: 'See docs/operations.md for how to go on without it.',
  },
  ports_taken: {
    ...stuck,
    message: 'The ports are taken.',
    hint: 'Choose others with ESCARP_API_PORT or ESCARP_CDP_BASE.',
  },
  registry_stopped: {
    ...stuck,
    message: 'The lease registry stopped again and again because one of its invariants is broken.',
    hint: 'Report it with the daemon log and a copy of the journal folder, then run escarp up.',
  },
  token_required: {
    ...usage,
    message: 'The daemon would be open to other machines without a token.',
    hint: 'Set ESCARP_API_TOKEN, start with --require-token, or listen on 127.0.0.1.',
  },
  bad_setting: {
    ...usage,
    message: 'A setting has a value that makes no sense.',
    hint: 'Correct the variable that the message names.',
  },
} as const satisfies Record<string, ProgramErrorEntry>;

/** Errors of launching, resetting and watching browsers that the wire has no code for. */
export const browserErrors = {
  browser_unresponsive: {
    ...passing,
    message: 'The browser does not answer.',
    hint: 'Run escarp doctor.',
  },
  port_taken: {
    ...stuck,
    message: "A slot's port belongs to another process.",
    hint: 'Stop that process, or set ESCARP_CDP_BASE to other ports.',
  },
  owned_elsewhere: {
    ...stuck,
    message: 'The browser belongs to another state directory.',
    hint: 'Move its state directory back, or end that process; then try again.',
  },
  foreign_connection: {
    ...passing,
    message: 'Somebody else is connected to the browser.',
    hint: 'Run escarp doctor.',
  },
  devtools_error: {
    ...passing,
    message: 'The browser refused a DevTools command.',
    hint: 'Run escarp doctor.',
  },
  answer_too_large: {
    ...stuck,
    message: 'The browser answered with more than is read.',
    hint: 'Run escarp doctor.',
  },
  deadline_exceeded: {
    ...passing,
    message: 'It took longer than it may.',
    hint: 'Run escarp doctor.',
  },
} as const satisfies Record<string, ProgramErrorEntry>;

const report = 'Run escarp doctor.';

/** What can go wrong when the operating system is asked about a slot's window, display or application. */
export const identityErrors = {
  bundle_clone_failed: { ...system, message: 'The application could not be copied.', hint: report },
  bundle_signature_invalid: {
    ...system,
    message: "The copied application's signature is not valid.",
    hint: report,
  },
  command_failed: { ...system, message: 'A command of the system failed.', hint: report },
  display_foreign: { ...system, message: 'The display belongs to another user.', hint: report },
  display_missing: { ...system, message: 'The slot has no display.', hint: report },
  display_start_failed: { ...system, message: 'The display would not start.', hint: report },
  display_unreachable: { ...system, message: 'The display does not answer.', hint: report },
  focus_not_verified: { ...system, message: 'The window did not get the focus.', hint: report },
  permission_missing: { ...system, message: 'The system does not permit this.', hint: report },
  platform_unsupported: { ...system, message: 'This platform does not offer this.', hint: report },
  screen_unreadable: { ...system, message: 'The screen cannot be read.', hint: report },
  slot_headless: { ...system, message: 'The slot is headless and has no window.', hint: report },
  wayland_session: { ...system, message: 'This is a Wayland session.', hint: report },
  window_ambiguous: { ...system, message: 'More than one window could be meant.', hint: report },
  window_not_found: { ...system, message: "The slot's window was not found.", hint: report },
  xvnc_missing: { ...system, message: 'Xvnc is not installed.', hint: report },
} as const satisfies Record<string, ProgramErrorEntry>;

/** Errors of the command line itself. */
export type CommandErrorCode = keyof typeof commandErrors;
/** Errors of `escarp setup`, which edits other programs' settings. */
export type SetupErrorCode = keyof typeof setupErrors;
/** What is wrong with the Playwright library of a suite. */
export type RunnerErrorCode = keyof typeof runnerErrors;
/** Why a daemon cannot start or go on. */
export type DaemonErrorCode = keyof typeof daemonErrors;
/** What can go wrong when the system is asked about windows, displays and applications. */
export type IdentityErrorCode = keyof typeof identityErrors;
/** The words are the ones used on the wire where both exist. */
export type BrowserErrorCode =
  | keyof typeof browserErrors
  | 'browser_missing'
  | 'browser_launch_failed'
  | 'out_of_resources'
  | 'state_directory_unusable';

/** Every error that ends a program without ever crossing the wire. */
export const programErrors = {
  ...commandErrors,
  ...setupErrors,
  ...runnerErrors,
  ...daemonErrors,
  ...browserErrors,
  ...identityErrors,
} as const satisfies Record<string, ProgramErrorEntry>;

/** Errors that end a program and are never an answer over HTTP. */
export type ProgramErrorCode = keyof typeof programErrors;

/** Whether a value is a code of that table itself, and not a name that every object inherits. */
export const isProgramErrorCode = (code: unknown): code is ProgramErrorCode =>
  typeof code === 'string' && Object.hasOwn(programErrors, code);

/** Exit code of a program that ends with an error, of the wire or its own. */
export function exitCodeOf(code: ErrorCode | ProgramErrorCode): number {
  return isErrorCode(code) ? errorTable[code].exit : programErrors[code].exit;
}
