import * as v from 'valibot';
import { described } from './described.js';
import { name } from './plain-text.js';
import { count, epochSeconds } from './quantities.js';

const text = v.string();
const optionalText = v.nullable(text);

const loginEntries = {
  name: described(name, 'Name of the saved login.'),
  version: described(count, 'Rises by one each time the login is saved.'),
  status: described(
    v.picklist(['ready', 'needs_login']),
    '`needs_login` when it is too old, or was found to be signed out; then a person signs in again with escarp login.',
  ),
  reason: described(optionalText, 'Why it needs a login; null while it is ready.'),
  form: described(
    v.picklist(['state', 'profile']),
    'What of the browser is saved: `state`, cookies, passkeys and what scripts of the sites can store; `profile`, of a full ' +
      'login, everything that the sites keep on disk.',
  ),
  url: described(text, 'The page where a person signed in.'),
  createdAt: described(epochSeconds, 'When a person signed in, in epoch seconds.'),
  capturedAt: described(epochSeconds, 'When this version was saved, in epoch seconds.'),
  expiresAt: described(epochSeconds, 'When it becomes too old to be leased, in epoch seconds.'),
  limitedTo: described(
    v.nullable(v.array(text)),
    'The only origins of which it holds something; null where it holds all that were visited.',
  ),
  holdersMax: described(count, 'How many leases may have it at once; 1 for an exclusive login.'),
  needsApproval: described(v.boolean(), 'Whether each grant waits until a person approves it.'),
  check: described(
    v.nullable(
      v.object({
        url: described(text, 'The page that is opened before each grant.'),
        text: described(text, 'The text on it that shows that the login is signed in.'),
      }),
    ),
    'How a grant checks that it is signed in; null where nothing is checked.',
  ),
  updateProblem: described(
    optionalText,
    'Why the last lease that was to save it anew did not; null if it did, or none was.',
  ),
};

export const loginSchema = v.object(loginEntries);

/** A saved login as anyone may see it: nothing of what it holds. */
export type LoginView = v.InferOutput<typeof loginSchema>;

const cookieSchema = v.object({
  name: described(text, 'Name of the cookie. Its value is not told.'),
  domain: described(text, 'Domain it is sent to; with a dot in front, its subdomains too.'),
  path: described(text, 'Path it is sent to.'),
  expiresAt: described(
    v.nullable(epochSeconds),
    'When it expires, in epoch seconds; null if it ends with the browser.',
  ),
  isPartitioned: described(v.boolean(), 'Whether it is kept apart for each site that embeds its own.'),
  isHttpOnly: described(v.boolean(), 'Whether scripts cannot read it.'),
});

const originSchema = v.object({
  origin: described(text, 'The origin.'),
  localStorage: described(count, 'Entries in localStorage.'),
  sessionStorage: described(count, 'Entries in sessionStorage, restored in the first tab alone.'),
  databases: described(
    v.array(
      v.object({
        bucket: described(optionalText, 'The storage bucket it is in; null for the default one.'),
        name: described(text, 'Name of the IndexedDB database.'),
        records: described(count, 'Records in it.'),
      }),
    ),
    'IndexedDB databases.',
  ),
  files: described(count, 'Files in the origin private file system.'),
  buckets: described(v.array(text), 'Storage buckets.'),
});

const passkeySchema = v.object({
  site: described(text, 'The domain it signs in at, subdomains included.'),
  userName: described(optionalText, 'The name it signs in with; null if the site gave none.'),
  isDiscoverable: described(v.boolean(), 'Whether the site finds it without being told a name first.'),
});

const notHeldSchema = v.object({
  origin: described(optionalText, 'The origin it is of; null if it is of the whole browser.'),
  what: described(text, 'What was found and is not saved.'),
  detail: described(text, 'Which one, and why.'),
});

export const loginDetailsSchema = v.object({
  ...loginEntries,
  cookies: described(v.array(cookieSchema), 'The cookies it holds, without their values.'),
  origins: described(v.array(originSchema), 'How much it holds of each origin.'),
  passkeys: described(v.array(passkeySchema), 'The passkeys it holds, without their keys.'),
  notHeld: described(
    v.array(notHeldSchema),
    'What the browser had and a saved login cannot hold, or was told not to.',
  ),
});

/** A saved login with what it holds of each site, in numbers and names. */
export type LoginDetails = v.InferOutput<typeof loginDetailsSchema>;

export const heldLoginSchema = v.object({
  name: described(name, 'Name of the saved login.'),
  version: described(count, 'The version that was applied.'),
  state: described(
    v.picklist(['checked', 'applied']),
    '`checked` when the check of the login was passed before the grant, `applied` when it has none.',
  ),
});

/** A saved login that a lease was granted with. */
export type HeldLogin = v.InferOutput<typeof heldLoginSchema>;
