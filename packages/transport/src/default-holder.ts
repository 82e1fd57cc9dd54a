/** Where the caller is working. */
export interface HolderPlace {
  /** Name of the folder that the working tree is in, without the way to it. */
  readonly worktree: string;
  /** The branch that is checked out there, if it is a repository with one. */
  readonly branch?: string | undefined;
}

const charsMax = 60;

/**
 * The name under which a lease is shown when nobody gave one: `alice@escarp-feature-x` for the user alice on the branch
 * feature-x in the folder escarp, `claude-code@feature-x` where folder and branch have one name. Two agents of one user
 * differ by it. At most 60 characters of one line, so that it stays readable in a table.
 *
 * @param who The user, or the program that asks for a model.
 */
export function defaultHolder(who: string, { worktree, branch }: HolderPlace): string {
  const place = joined(worded(worktree), worded(branch ?? ''));
  const user = worded(who) || 'somebody';
  const name = place === '' ? user : `${user}@${place}`;
  return Array.from(name).slice(0, charsMax).join('');
}

/** One of two names where it says what the other does. */
function joined(folder: string, branch: string): string {
  if (branch === '' || `-${folder}`.endsWith(`-${branch}`)) return folder;
  return folder === '' || branch === folder ? branch : `${folder}-${branch}`;
}

/** Letters and digits of any script; whatever else a path, a branch or a client may hold becomes one dash. */
function worded(text: string): string {
  return text.replaceAll(/[^\p{L}\p{M}\p{N}._]+/gu, '-').replaceAll(/^-+|-+$/g, '');
}
