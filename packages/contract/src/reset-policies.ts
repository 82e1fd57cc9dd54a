/** What makes a slot clean between holders, from the quickest to the most thorough. */
export const resetPolicies = ['tabs', 'storage', 'recycle'] as const;
export type ResetPolicy = (typeof resetPolicies)[number];

/**
 * Kinds of state that a holder can leave in a slot, each with the words by which users are told of it. What every entry
 * covers in detail is the published table of probes, docs/reset-guarantee.md; each probe names the entry it belongs to.
 */
export const slotState = {
  cookies: 'cookies',
  site_storage: 'storage of sites, service workers included',
  http_cache: 'the HTTP cache',
  transport_security: 'which sites insist on HTTPS (HSTS)',
  http_logins: 'HTTP basic and digest logins',
  connections: 'open connections and TLS sessions',
  client_hints: 'which sites asked for client hints',
  certificate_exceptions: 'certificate errors that were clicked through',
  cdp_permissions: 'permissions granted or denied over CDP',
  site_settings: 'site settings and permissions chosen in the browser',
  history: 'browsing history and visited links',
  closed_tabs: 'closed tabs, which can be reopened with their history',
  downloaded_files: 'downloaded files',
  pending_downloads: 'downloads that have not ended',
  download_list: 'the list of downloads',
  form_data: 'saved addresses and form entries',
  passwords: 'saved passwords',
  bookmarks: 'bookmarks',
  browser_settings: 'browser settings and zoom',
  dictionary_words: 'words added to the spelling dictionary',
  protocol_handlers: 'protocol handlers',
  device_ids: 'the ids by which sites know cameras and microphones',
  extensions: 'extensions loaded over CDP',
  installed_apps: 'installed web apps',
  window_bounds: 'the size and place of the window',
  clipboard: 'the clipboard',
  temporary_files: 'files in TMPDIR',
  display: 'X clients and viewers of a display of its own, and what they set there',
} as const;

export type SlotState = keyof typeof slotState;

/** What a reset promises. Documentation, help, MCP texts and the status speak from this and from nothing else. */
export interface ResetPromise {
  readonly policy: ResetPolicy;
  /** One sentence: what the reset does. */
  readonly does: string;
  /** What the next holder may come upon. Complete as far as the probes go, which fail where this is not true. */
  readonly leaves: readonly SlotState[];
  /**
   * How a former holder who is still connected to the browser loses it: `always`, or `by_recycle`, when the reset notices
   * the connection and becomes a recycle.
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
    does: 'Opens a fresh blank page and closes every other tab, popup, worker and browser context.',
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
      'Does what tabs does, ends every connection and download, clears cookies, storage, caches and HTTP logins of all ' +
      'sites, permissions granted over CDP, downloaded files and extensions, and restores the window’s size and place.',
    leaves: leftByStorage,
    cutsFormerHolder: 'by_recycle',
  },
  recycle: {
    policy: 'recycle',
    does:
      'Ends the browser, and the display server of a slot that has one, and starts new ones on an empty profile and an ' +
      'empty TMPDIR, on the same port and display number.',
    leaves: [],
    cutsFormerHolder: 'always',
  },
} as const satisfies { readonly [P in ResetPolicy]: ResetPromise & { readonly policy: P } };

/**
 * The whole promise of a slot's reset in a few sentences, as agents and people are told it. A supervised profile is kept
 * over a recycle, so its promise is the smaller one.
 */
export function resetSentence(policy: ResetPolicy, tier: string): string {
  const { does } = resetPromises[policy];
  if (policy === 'recycle' && tier === 'supervised') {
    return `The slot is reset by recycle, but its profile is supervised and kept: what is stored in the browser stays.`;
  }
  const left = leftBehind(policy);
  const rest =
    left.length === 0 ? 'Nothing of a former holder is left.' : `The next holder may find ${listed(left)}.`;
  return `The slot is reset by ${policy}. ${does} ${rest}`;
}

function listed(words: readonly string[]): string {
  return words.length === 1
    ? String(words[0])
    : `${words.slice(0, -1).join('; ')}; and ${String(words.at(-1))}`;
}

/** What `policy` leaves for the next holder, in words, in the order of `slotState`. Empty when it leaves nothing. */
export function leftBehind(policy: ResetPolicy): string[] {
  const left: readonly SlotState[] = resetPromises[policy].leaves;
  return Object.entries(slotState)
    .filter(([state]) => left.some((one) => one === state))
    .map(([, words]) => words);
}
