/** The ways to reset a slot between holders, from the quickest to the most thorough. */
export const resetPolicies = ['tabs', 'storage', 'recycle'] as const;
/** One way to reset a slot. */
export type ResetPolicy = (typeof resetPolicies)[number];

/**
 * Kinds of state that a holder can leave in a slot, each with the description that users see. The published table of probes,
 * docs/reset-guarantee.md, shows in detail what every entry covers; each probe names the entry it belongs to.
 */
export const slotState = {
  cookies: 'cookies',
  site_storage: 'site storage, including service workers',
  http_cache: 'the HTTP cache',
  transport_security: 'HSTS state (sites that require HTTPS)',
  http_logins: 'HTTP basic and digest logins',
  connections: 'open connections and TLS sessions',
  client_hints: 'client hint preferences of sites',
  certificate_exceptions: 'certificate errors that were bypassed',
  cdp_permissions: 'permissions granted or denied over CDP',
  site_settings: 'site settings and permissions set in the browser',
  history: 'browsing history and visited links',
  closed_tabs: 'closed tabs, which can be reopened with their history',
  downloaded_files: 'downloaded files',
  pending_downloads: 'unfinished downloads',
  download_list: 'the list of downloads',
  form_data: 'saved addresses and form entries',
  passwords: 'saved passwords',
  bookmarks: 'bookmarks',
  browser_settings: 'browser settings and zoom',
  dictionary_words: 'words added to the spelling dictionary',
  protocol_handlers: 'protocol handlers',
  device_ids: 'device ids of cameras and microphones as sites see them',
  extensions: 'extensions loaded over CDP',
  installed_apps: 'installed web apps',
  window_bounds: 'the size and position of the window',
  clipboard: 'the clipboard',
  temporary_files: 'files in TMPDIR',
  display: 'X clients and viewers of the slot’s own display, and what they have set there',
} as const;

/** A kind of state that a holder can leave in a slot. */
export type SlotState = keyof typeof slotState;

/** What a reset promises. The documentation, help, MCP texts and the status all take their wording from here. */
export interface ResetPromise {
  readonly policy: ResetPolicy;
  /** What the reset does, as the end of a sentence whose subject is the reset. */
  readonly does: string;
  /** What the next holder may find. The probes of the reset guarantee fail if this list is wrong. */
  readonly leaves: readonly SlotState[];
  /**
   * How a former holder who is still connected to the browser is cut off: `always`, or `by_recycle`, which means that the
   * reset notices the connection and becomes a recycle.
   */
  readonly cutsFormerHolder: 'always' | 'by_recycle';
}

const leftByStorage = [
  'client_hints',
  'certificate_exceptions',
  'site_settings',
  'history',
  'closed_tabs',
  'download_list',
  'form_data',
  'passwords',
  'bookmarks',
  'browser_settings',
  'dictionary_words',
  'protocol_handlers',
  'device_ids',
  'installed_apps',
  'clipboard',
  'temporary_files',
  'display',
] as const satisfies readonly SlotState[];

/** Every policy's promise, from the quickest reset to the most thorough. */
export const resetPromises = {
  tabs: {
    policy: 'tabs',
    does: 'opens a fresh blank page and closes every other tab, popup, worker and browser context.',
    leaves: [
      'cookies',
      'site_storage',
      'http_cache',
      'transport_security',
      'http_logins',
      'connections',
      'pending_downloads',
      'downloaded_files',
      'extensions',
      'window_bounds',
      ...leftByStorage,
    ],
    cutsFormerHolder: 'by_recycle',
  },
  storage: {
    policy: 'storage',
    does:
      'does what tabs does, ends every connection and download, clears cookies, storage, caches and HTTP logins of all ' +
      'sites, permissions granted over CDP, downloaded files and extensions, and restores the window’s size and position.',
    leaves: leftByStorage,
    cutsFormerHolder: 'by_recycle',
  },
  recycle: {
    policy: 'recycle',
    does:
      'stops the browser, and the slot’s display server if it has one, and starts new ones with an empty profile and an ' +
      'empty TMPDIR, on the same port and display number.',
    leaves: [],
    cutsFormerHolder: 'always',
  },
} as const satisfies { readonly [P in ResetPolicy]: ResetPromise & { readonly policy: P } };

/**
 * The promise of a slot's reset in a few sentences, for agents and people. A recycle keeps a supervised profile, so that
 * tier's promise is weaker.
 */
export function resetSentence(policy: ResetPolicy, tier: string): string {
  const { does } = resetPromises[policy];
  if (policy === 'recycle' && tier === 'supervised') {
    return 'The browser is then restarted, but its supervised profile is kept: everything stored in the browser stays.';
  }
  const left = leftBehind(policy);
  const rest =
    left.length === 0 ? 'Nothing from a former holder remains.' : `The next holder may find ${listed(left)}.`;
  return `The slot is then reset by ${policy}, which ${does} ${rest}`;
}

function listed(words: readonly string[]): string {
  return words.length === 1
    ? String(words[0])
    : `${words.slice(0, -1).join('; ')}; and ${String(words.at(-1))}`;
}

/** The descriptions of what `policy` leaves for the next holder, in the order of `slotState`; empty if it leaves nothing. */
export function leftBehind(policy: ResetPolicy): string[] {
  const left: readonly SlotState[] = resetPromises[policy].leaves;
  return Object.entries(slotState)
    .filter(([state]) => left.some((one) => one === state))
    .map(([, words]) => words);
}
