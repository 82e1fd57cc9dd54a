import type { LoginMetadata } from '@escarp/saved-logins';
import type { LoginDetails, LoginView } from '@escarp/transport';

/** What the daemon has found out of a login since it started. */
export interface LoginFindings {
  /** The version that was found to be signed out. */
  readonly staleVersion: number | undefined;
  /** Why the last lease that was to save it anew did not. */
  readonly updateProblem: string | undefined;
}

/** Why a login cannot be leased at `nowMs`, in epoch milliseconds; undefined if it can. */
export function whyNeedsLogin(
  { createdAt, maxAgeMs, version }: LoginMetadata,
  { staleVersion }: LoginFindings,
  nowMs: number,
): string | undefined {
  if (nowMs >= createdAt + maxAgeMs) return 'It is older than it may be.';
  // A clock that was set back must not make it younger than it is.
  if (nowMs < createdAt - clockDifferenceMs) return 'It was saved in the future.';
  return staleVersion === version ? 'It was found to be signed out.' : undefined;
}

const clockDifferenceMs = 24 * 3_600_000;

/** A login as anyone may see it. */
export function loginView(metadata: LoginMetadata, findings: LoginFindings, nowMs: number): LoginView {
  const { name, version, form, url, limitedTo, needsApproval, check } = metadata;
  const reason = whyNeedsLogin(metadata, findings, nowMs) ?? null;
  return {
    name,
    version,
    status: reason === null ? 'ready' : 'needs_login',
    reason,
    form,
    url,
    createdAt: metadata.createdAt / 1_000,
    capturedAt: metadata.capturedAt / 1_000,
    expiresAt: (metadata.createdAt + metadata.maxAgeMs) / 1_000,
    limitedTo,
    holdersMax: metadata.access.mode === 'shared' ? metadata.access.holdersMax : 1,
    needsApproval,
    check,
    updateProblem: findings.updateProblem ?? null,
  };
}

/** The same with what it holds of each site. */
export function loginDetails(metadata: LoginMetadata, findings: LoginFindings, nowMs: number): LoginDetails {
  const { origins, passkeys, notHeld } = metadata;
  const cookies = metadata.cookies.map((cookie) => ({
    ...cookie,
    expiresAt: cookie.expiresAt === null ? null : cookie.expiresAt / 1_000,
  }));
  return { ...loginView(metadata, findings, nowMs), cookies, origins, passkeys, notHeld };
}
