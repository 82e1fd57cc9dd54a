import type { Arguments } from '../arguments.js';

/** The saved logins that a command asks for with its lease; what was not said is undefined. */
export function loginWish(args: Arguments) {
  const names = args
    .text('login')
    ?.split(',')
    .map((name) => name.trim());
  const [only] = names ?? [];
  return {
    login: names?.length === 1 ? only : names,
    updateLogin: args.flag('update-login') || undefined,
  };
}
