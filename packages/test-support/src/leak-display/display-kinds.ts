import type { DisplayKind } from './display-kind.js';
import { settingKinds } from './server-settings.js';
import { connectionKinds } from './who-is-connected.js';

/** Every kind of state of a display that is planted and looked for, in the order of the published table. */
export const displayKinds: readonly DisplayKind[] = [...settingKinds, ...connectionKinds];
