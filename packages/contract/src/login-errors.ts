import { contention, poolChange } from './error-entry.js';
import type { ErrorEntry } from './error-entry.js';

/** Errors of saved logins. */
export const loginErrors = {
  login_unknown: {
    status: 404,
    exit: 1,
    retry: 'after_fix',
    message: 'There is no saved login of this name.',
    hint: 'Ask the person who runs this machine to make it with escarp login.',
  },
  login_timeout: {
    status: 409,
    exit: 1,
    retry: 'later',
    message: 'Nobody signed in within the time given.',
    hint: 'Try again with more time; the login that was saved before is unchanged.',
  },
  login_stale: {
    status: 409,
    exit: 1,
    retry: 'after_fix',
    message: 'This saved login is not signed in any more.',
    hint: 'Ask the person who runs this machine to sign in again with escarp login.',
  },
  nowhere_to_show: {
    status: 503,
    exit: 51,
    retry: 'after_fix',
    message: 'There is nowhere to show a window.',
    hint: 'Install Xvnc (Debian and Ubuntu: apt-get install tigervnc-standalone-server), or start the daemon where there is a screen.',
  },
  login_exists: {
    ...poolChange,
    message: 'There is a saved login of this name already.',
    hint: 'Choose another name, or remove the one that is there.',
  },
  login_changed: {
    ...poolChange,
    message: 'The saved login has been changed in the meantime.',
    hint: 'Acquire it again to work with its newest version.',
  },
  login_unreadable: {
    ...poolChange,
    message: 'The saved login cannot be opened.',
    hint: 'Remove it with escarp logins remove, and sign in again with escarp login.',
  },
  login_key_missing: {
    ...poolChange,
    message: 'There is no key for the saved logins.',
    hint: 'Set ESCARP_LOGIN_KEY where the daemon is started, or unlock the keychain.',
  },
  login_too_large: {
    ...poolChange,
    message: 'The browser keeps more for these sites than a saved login can hold.',
    hint: 'Limit the login to the origins it is for.',
  },
  login_archive_refused: {
    ...poolChange,
    message: 'This is no archive of saved logins that can be imported.',
    hint: 'Export it again with escarp logins export.',
  },
  login_in_use: {
    ...contention,
    message: 'This saved login is in use.',
    hint: 'Try again after retry_after_s, or wait in the queue with wait_s.',
  },
} as const satisfies Record<string, ErrorEntry>;
