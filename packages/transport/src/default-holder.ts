/** Where the caller is working. */
export interface HolderPlace {
  /** Name of the working tree's folder, without the path to it. */
  readonly worktree: string;
  /** The branch that is checked out there, if it is a repository with one. */
  readonly branch?: string | undefined;
}

const charsMax = 60;

/**
 * The name under which a lease is shown if none was given: `alice@escarp-feature-x` for the user alice on the branch
 * feature-x in the folder escarp, `claude-code@feature-x` if folder and branch have the same name. It distinguishes two
 * agents of one user. At most 60 characters on one line, so that it stays readable in a table.
 *
 * @param who The user, or the program that asks on behalf of a model.
 */
export function defaultHolder(who: string, { worktree, branch }: HolderPlace): string {
  const place = joined(worded(worktree), worded(branch ?? ''));
  const user = worded(who) || 'somebody';
  const name = place === '' ? user : `${user}@${place}`;
  return Array.from(name).slice(0, charsMax).join('');
}

/** Only one of two names if it contains the other. */
function joined(folder: string, branch: string): string {
  if (branch === '' || `-${folder}`.endsWith(`-${branch}`)) return folder;
  return folder === '' || branch === folder ? branch : `${folder}-${branch}`;
}

/** Letters and digits of any script; anything else in a path, a branch or a client's name becomes one dash. */
function worded(text: string): string {
  return text.replaceAll(/[^\p{L}\p{M}\p{N}._]+/gu, '-').replaceAll(/^-+|-+$/g, '');
}
