import type { Arguments } from '../arguments.js';

/** The saved logins that a command requests with its lease; what was not given is undefined. */
export function loginWish(args: Arguments) {
  const names = listOf(args.text('login'));
  const [only] = names ?? [];
  return {
    login: names?.length === 1 ? only : names,
    updateLogin: args.flag('update-login') || undefined,
  };
}

/** The items of a comma-separated list. */
export function listOf(text: string | undefined): string[] | undefined {
  return text?.split(',').map((each) => each.trim());
}
