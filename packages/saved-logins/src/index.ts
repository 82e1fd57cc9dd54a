export { LoginError, type LoginErrorCode } from './errors.js';
export { createLoginKey, type KeyPlace, type LoginKey, type LoginKeyOptions } from './key/login-key.js';
export { type Keychain, type RunProgram, systemKeychain } from './key/system-keychain.js';
export { checkLoginName } from './login-name.js';
export type {
  BucketState,
  CookieSummary,
  LoginMetadata,
  LoginState,
  LoginTerms,
  NotHeld,
  OriginState,
  OriginSummary,
  Passkey,
  PasskeySummary,
  SavedLogin,
} from './saved-login.js';
export { archiveBytesMax, packLogins, unpackLogins } from './vault/login-archive.js';
export { LoginVault, type UnreadableLogin, type VaultOptions } from './vault/login-vault.js';
export type { BrowserRecord, Devtools } from './devtools.js';
export { type AppliedState, applyState, combinedState } from './state/apply-state.js';
export { type CapturedState, captureState, type CaptureRequest } from './state/capture-state.js';
export { withRisenCounters } from './state/passkeys.js';
export { showsText, type SignInSigns, untilQuiet, untilSignedIn } from './state/signed-in.js';
export { TabPasskeys } from './state/tab-passkeys.js';
export { type OriginWatch, type VisitedOrigin, watchOrigins } from './state/visited-origins.js';
export { webOrigin } from './state/web-origin.js';
