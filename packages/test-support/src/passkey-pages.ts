import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Page } from 'playwright-core';

/** What a site learns of a passkey when it is made. */
export interface RegisteredPasskey {
  readonly id: string;
  /** In SPKI form. */
  readonly publicKey: string;
}

/** Makes a passkey at the site of the page, for somebody called ada. */
export async function makePasskey(page: Page): Promise<RegisteredPasskey> {
  await untilUsable(page);
  return page.evaluate(async () => {
    const made = await navigator.credentials.create({
      publicKey: {
        challenge: new Uint8Array(16),
        rp: { name: 'A site' },
        user: { id: new Uint8Array([1, 2]), name: 'ada', displayName: 'Ada' },
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { residentKey: 'required' },
      },
    });
    if (!(made instanceof PublicKeyCredential && made.response instanceof AuthenticatorAttestationResponse))
      throw new Error('The browser made no passkey.');
    const key = new Uint8Array(made.response.getPublicKey() ?? new ArrayBuffer(0));
    return { id: made.id, publicKey: btoa(String.fromCodePoint(...key)) };
  });
}

/**
 * Signs in with a passkey that the browser finds by itself, as the site does: what is signed is verified, and the signature
 * counter is returned. Rejects where there is no such passkey.
 */
export async function signInByPasskey(page: Page, { id, publicKey }: RegisteredPasskey): Promise<number> {
  await untilUsable(page);
  const answer = await page.evaluate(async () => {
    const found = await navigator.credentials.get({
      publicKey: { challenge: new Uint8Array([7]), userVerification: 'required' },
    });
    if (!(found instanceof PublicKeyCredential && found.response instanceof AuthenticatorAssertionResponse))
      throw new Error('The browser has no passkey.');
    const { authenticatorData, clientDataJSON, signature } = found.response;
    return {
      id: found.id,
      data: [...new Uint8Array(authenticatorData)],
      client: [...new Uint8Array(clientDataJSON)],
      signature: [...new Uint8Array(signature)],
    };
  });
  const data = Buffer.from(answer.data);
  const clientHash = createHash('sha256').update(Buffer.from(answer.client)).digest();
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  const signature = Buffer.from(answer.signature);
  if (answer.id !== id || !verify('sha256', Buffer.concat([data, clientHash]), key, signature))
    throw new Error('The site does not accept this passkey.');
  // After the hash of the name of the site, and the flags.
  return data.readUInt32BE(33);
}

/** Only the tab in front may use passkeys, and an authenticator may be on its way after another client has left the tab. */
async function untilUsable(page: Page): Promise<void> {
  await page.bringToFront();
  await page.waitForFunction(() => PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable());
}
