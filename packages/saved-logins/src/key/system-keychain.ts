import type { CommandResult } from '@escarp/child-process';

/** A place of the system's for one secret, protected by the user's session. */
export interface Keychain {
  /** The secret; null when the keychain answers and has none; undefined when there is no keychain that answers. */
  readonly read: () => Promise<string | null | undefined>;
  /** Whether the secret is kept now. */
  readonly write: (secret: string) => Promise<boolean>;
}

/** Runs a program to its end; `input` goes to its standard input. */
export type RunProgram = (
  command: string,
  words: readonly string[],
  options: { readonly input?: string; readonly timeoutMs: number },
) => Promise<CommandResult>;

// A locked keychain asks its user, who may not be there.
const timeoutMs = 10_000;

const service = 'dev.escarp.logins';
const account = 'escarp';

/**
 * The keychain of macOS by `security`, or a Secret Service by `secret-tool`. Linux's kernel keyring is none: it is gone
 * with the next start of the machine. The secret goes through standard input, because every user can read arguments.
 */
export function systemKeychain(platform: NodeJS.Platform, run: RunProgram): Keychain | undefined {
  if (platform === 'darwin') return macKeychain(run);
  if (platform === 'linux') return secretService(run);
  return undefined;
}

function secretService(run: RunProgram): Keychain {
  const attributes = ['service', service, 'account', account];
  const read: Keychain['read'] = async () => {
    const { exitCode, stdout, stderr } = await run('secret-tool', ['lookup', ...attributes], { timeoutMs });
    if (exitCode === 0) return stdout.trim();
    // It says nothing when it has asked the service and found nothing.
    return exitCode === 1 && stderr.trim() === '' ? null : undefined;
  };
  return {
    read,
    write: async (secret) => {
      const words = ['store', '--label=escarp saved logins', ...attributes];
      const { exitCode } = await run('secret-tool', words, { input: secret, timeoutMs });
      return exitCode === 0 && (await read()) === secret;
    },
  };
}

/** What `security` exits with when it has no such item (errSecItemNotFound, shortened to a byte). */
const itemNotFound = 44;

function macKeychain(run: RunProgram): Keychain {
  const item = ['-s', service, '-a', account];
  const read: Keychain['read'] = async () => {
    const { exitCode, stdout } = await run('security', ['find-generic-password', ...item, '-w'], {
      timeoutMs,
    });
    if (exitCode === 0) return stdout.trim();
    return exitCode === itemNotFound ? null : undefined;
  };
  return {
    read,
    write: async (secret) => {
      // With -i it takes its commands from standard input.
      const input = `add-generic-password -U ${item.join(' ')} -w ${secret}\n`;
      const { exitCode } = await run('security', ['-i'], { input, timeoutMs });
      return exitCode === 0 && (await read()) === secret;
    },
  };
}
