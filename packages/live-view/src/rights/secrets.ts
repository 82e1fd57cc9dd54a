import { createHmac, hash, timingSafeEqual } from 'node:crypto';

const secretBytes = 32;

/** A secret of 256 bits for a link or a cookie; only its digest is kept. */
export function newSecret(randomBytes: (size: number) => Uint8Array): string {
  return Buffer.from(randomBytes(secretBytes)).toString('base64url');
}

/** What is kept of a secret. */
export function digestOf(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Compares in a time that tells nothing about where they differ. */
export function isSecretOf(digest: string, secret: string): boolean {
  return timingSafeEqual(Buffer.from(digest, 'hex'), Buffer.from(digestOf(secret), 'hex'));
}

/**
 * The credential with which an operator asks the viewer for links. It is derived from the secret of the state directory,
 * which the command line can read as well as the viewer, so that it is written nowhere.
 */
export function operatorCredential(directorySecret: string): string {
  return createHmac('sha256', directorySecret).update('escarp viewer operator').digest('base64url');
}
