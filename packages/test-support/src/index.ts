export { FakeClock } from './fake-clock.js';
export {
  type LeaseOperation,
  type LinearizabilityOptions,
  type Violation,
  violationsIn,
} from './linearizability.js';
export { endPool } from './end-pool.js';
export { processesNaming } from './processes-naming.js';
export { entriesBelow, filesBelow, filesWith } from './files-below.js';
export { Devtools } from './devtools.js';
export { freePorts } from './free-ports.js';
export { hostileBodies, hostileValues, requestFields } from './hostile-input.js';
export { inheritedNames, readableNames, unreadableNames } from './unreadable-names.js';
export { type Certificate, makeCertificate } from './leak-site/certificate.js';
export { joinSlot } from './leak-site/join-slot.js';
export type { Holder, LeakKind, SlotPlaces } from './leak-site/leak-kind.js';
export { leakKinds } from './leak-site/leak-kinds.js';
export { startLeakSite } from './leak-site/leak-site.js';
export type { LeakSite } from './leak-site/leak-site.js';
export { joinDisplay } from './leak-display/display-holder.js';
export type { DisplayHolder, DisplayPlace } from './leak-display/display-holder.js';
export { displayKinds } from './leak-display/display-kinds.js';
export { markdownTable } from './markdown-table.js';
export { makeTempHome } from './temp-home.js';
export type { TempHome } from './temp-home.js';
export { startFakeChrome } from './fake-chrome.js';
export type { FakeChrome, FakeChromeFault } from './fake-chrome.js';
export { startLoginSite } from './login-site/login-site.js';
export type { LoginSite } from './login-site/login-site.js';
export { shopLogin } from './login-site/shop-login.js';
export { headingAt, onFirstPage, signedInText, signInAtSite } from './login-site/sign-in.js';
export { makePasskey, type RegisteredPasskey, signInByPasskey } from './passkey-pages.js';
