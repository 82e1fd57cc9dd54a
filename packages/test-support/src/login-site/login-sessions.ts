import { randomBytes } from 'node:crypto';
import { stepMs, totp } from './totp.js';

/** What the server of the login site knows. */
export class LoginSessions {
  readonly password = `password-${randomBytes(8).toString('hex')}`;
  /** Secrets that were ever handed out, to look for where they must not be. */
  readonly secrets: string[] = [];
  readonly #totpSecret = randomBytes(20).toString('hex');
  readonly #cookies = new Set<string>();
  /** The one refresh token of each family that may be used. */
  readonly #families = new Map<string, string>();

  code(): string {
    return totp(this.#totpSecret, Date.now());
  }

  /**
   * A cookie for the password and the code; undefined for wrong ones. The code before is good, too (RFC 6238, section 5.2): it was
   * the right one when it was typed in.
   */
  signIn(password: string, code: string): string | undefined {
    const codes = [this.code(), totp(this.#totpSecret, Date.now() - stepMs)];
    if (password !== this.password || !codes.includes(code)) return undefined;
    const cookie = this.#secret();
    this.#cookies.add(cookie);
    return cookie;
  }

  isSignedIn(cookie: string | undefined): boolean {
    return cookie !== undefined && this.#cookies.has(cookie);
  }

  signOut(cookie: string): void {
    this.#cookies.delete(cookie);
  }

  /** The first refresh token of a new family. */
  firstToken(): string {
    const family = this.#secret();
    return this.#issue(family);
  }

  /** The next token of the family; undefined for one that was used before, which ends the whole family. */
  rotate(token: string): string | undefined {
    const [family = ''] = token.split('.');
    if (this.#families.get(family) === token) return this.#issue(family);
    this.#families.delete(family);
    return undefined;
  }

  #issue(family: string): string {
    const token = `${family}.${this.#secret()}`;
    this.#families.set(family, token);
    return token;
  }

  #secret(): string {
    const secret = randomBytes(16).toString('hex');
    this.secrets.push(secret);
    return secret;
  }
}
