import { browserStateKinds } from './browser-state.js';
import { cookieKinds } from './cookies.js';
import type { LeakKind } from './leak-kind.js';
import { networkKinds } from './network.js';
import { overrideKinds } from './overrides.js';
import { pageKinds } from './pages.js';
import { settingKinds } from './settings.js';
import { webStorageKinds } from './web-storage.js';

/**
 * Every kind of state that is planted and looked for, in the order of the published table. Pages come last, because of
 * the one that hangs.
 */
export const leakKinds: readonly LeakKind[] = [
  ...cookieKinds,
  ...webStorageKinds,
  ...networkKinds,
  ...overrideKinds,
  ...browserStateKinds,
  ...settingKinds,
  ...pageKinds,
];
