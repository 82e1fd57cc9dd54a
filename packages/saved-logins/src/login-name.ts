import { LoginError } from './errors.js';

const pattern = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/**
 * Lower case alone, because two names that differ in case are one file on a Mac, and no two dots in a row.
 *
 * @throws LoginError `bad_request` for a name that no login can have.
 */
export function checkLoginName(name: string): string {
  if (pattern.test(name) && !name.includes('..')) return name;
  throw new LoginError('bad_request', 'This is no name for a login.', {
    hint: 'Use 1 to 64 lower-case letters, digits, dots, dashes and underscores; begin and end with a letter or digit.',
  });
}
