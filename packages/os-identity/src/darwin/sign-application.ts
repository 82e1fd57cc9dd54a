import { IdentityError } from '../errors.js';
import type { Run } from '../ports.js';
import { nestedCode } from './nested-code.js';

/** Signing hashes every file of a browser, some 400 MB. */
const SIGN_MS = 180_000;

/**
 * Signs an application ad hoc, from the inside out, and verifies it. Neither entitlements nor the hardened runtime are
 * carried over: entitlements that name a team get an ad hoc process killed at its start, and without the hardened
 * runtime the just-in-time compiler needs none. `--deep` is not used for signing: it leaves nested code alone whose
 * old signature is still valid.
 */
export async function signApplication(application: string, run: Run): Promise<void> {
  const inside = (await nestedCode(application)).map(({ path }) => path);
  for (const paths of [inside, [application]]) {
    if (paths.length === 0) continue;
    const { exitCode, stderr } = await run('/usr/bin/codesign', ['--force', '--sign', '-', ...paths], {
      timeoutMs: SIGN_MS,
    });
    if (exitCode !== 0)
      throw new IdentityError('bundle_signature_invalid', `codesign failed: ${stderr.trim()}`);
  }
  await verifySignature(application, run);
}

/** Throws `bundle_signature_invalid` unless all code in the application is signed and unchanged since. */
export async function verifySignature(application: string, run: Run): Promise<void> {
  const { exitCode, stderr } = await run(
    '/usr/bin/codesign',
    ['--verify', '--deep', '--strict', application],
    { timeoutMs: SIGN_MS },
  );
  if (exitCode === 0) return;
  throw new IdentityError(
    'bundle_signature_invalid',
    `${application} is not validly signed: ${stderr.trim()}`,
    {
      hint: 'It is rebuilt at the next launch of its slot.',
    },
  );
}
