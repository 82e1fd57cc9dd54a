import { LoginError } from '../errors.js';

/** For a name that no login has. */
export function unknown(name: string): LoginError {
  return new LoginError('login_unknown', `There is no saved login ${name}.`);
}

/** For a version that is not there any more. */
export function changed(name: string): LoginError {
  return new LoginError('login_changed', `The saved login ${name} has been changed in the meantime.`);
}

/** For names that are taken. */
export function exists(names: string): LoginError {
  return new LoginError('login_exists', `There is a saved login of this name already: ${names}.`);
}

/** For what is in the place of a login and is no file that can be opened. */
export function notAFile(name: string): LoginError {
  return new LoginError(
    'login_unreadable',
    `The saved login ${name} cannot be opened: it is no file of a login.`,
  );
}

/** For more than a file may hold. */
export function tooLarge(name: string): LoginError {
  return new LoginError('login_too_large', `The login ${name} holds more than a saved login can.`);
}
