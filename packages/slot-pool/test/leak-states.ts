import { resetPromises } from '@escarp/contract';
import type { ResetPolicy, SlotState } from '@escarp/contract';
import { leakKinds } from '@escarp/test-support';
import type { LeakKind } from '@escarp/test-support';

/** The entry of the pool's table that speaks for each kind that a reset can leave: by its group, or by its name. */
const stateOfGroup: Readonly<Record<string, SlotState>> = {
  Cookies: 'cookies',
  'Storage of sites': 'site_storage',
  Extensions: 'extensions',
  Files: 'temporary_files',
};

const stateOfName: Readonly<Record<string, SlotState>> = {
  'HTTP cache': 'http_cache',
  'ETag sent back to the server': 'http_cache',
  'cached permanent redirect': 'http_cache',
  'HTTP basic login': 'http_logins',
  'HTTP digest login': 'http_logins',
  'open connection, used again': 'connections',
  'TLS session, resumed': 'connections',
  'client hints that a site asked for': 'client_hints',
  HSTS: 'transport_security',
  'visited link': 'history',
  'entry in the history page': 'history',
  'closed tab, reopened with its history': 'closed_tabs',
  'downloaded file in the slot’s download folder': 'downloaded_files',
  'entry in the list of downloads': 'download_list',
  'download that ends after the reset': 'pending_downloads',
  'download that the site answers after the reset': 'pending_downloads',
  'window bounds': 'window_bounds',
  clipboard: 'clipboard',
  'page zoom': 'browser_settings',
  'browser preference': 'browser_settings',
  'permission stored in the profile': 'site_settings',
  'site setting chosen in the settings page': 'site_settings',
  'certificate error clicked through': 'certificate_exceptions',
  'word added to the spelling dictionary': 'dictionary_words',
  'ids of cameras and microphones that a site knows': 'device_ids',
  'address for autofill': 'form_data',
  'saved password': 'passwords',
  bookmark: 'bookmarks',
  'protocol handler': 'protocol_handlers',
};

/** Whether `policy` says that it leaves what this kind is of. */
export function mayStay({ group, name }: LeakKind, policy: ResetPolicy): boolean {
  const state = stateOfName[name] ?? stateOfGroup[group];
  const left: readonly SlotState[] = resetPromises[policy].leaves;
  return state !== undefined && left.includes(state);
}

/** The states that the kinds found belong to, sorted. Throws for a kind of which no promise speaks. */
export function statesOf(found: readonly string[]): SlotState[] {
  const kinds = leakKinds.filter(({ name }) => found.includes(name));
  const states = kinds.map(({ group, name }) => {
    const state = stateOfName[name] ?? stateOfGroup[group];
    if (state === undefined) throw new Error(`"${name}" stayed, and no promise speaks of it.`);
    return state;
  });
  return [...new Set(states)].toSorted();
}

/** The states that `policy` says it leaves, sorted, as far as a probe plants them. */
export function promisedBy(policy: ResetPolicy): SlotState[] {
  const planted = statesOf(
    leakKinds
      .filter(({ group, name }) => group in stateOfGroup || name in stateOfName)
      .map(({ name }) => name),
  );
  const promised: readonly SlotState[] = resetPromises[policy].leaves;
  return promised.filter((state) => planted.includes(state)).toSorted();
}
