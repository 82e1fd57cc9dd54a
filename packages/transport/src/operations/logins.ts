import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { described } from '../described.js';
import { loginDetailsSchema, loginSchema } from '../login-view.js';
import { name } from '../plain-text.js';
import { atLeast, atMost, count, ttlSeconds } from '../quantities.js';
import { leaseToken } from '../request-fields.js';
import { routes } from '../routes.js';

const loginName = described(
  name,
  'Name of the saved login: lower-case letters, digits, dots, dashes, underscores.',
);
const charsMax = (max: number) =>
  v.maxLength<string, number, string>(max, `must have at most ${max} characters`);
const listOfAddresses = 'must be a list of up to 50 URLs';
const address = v.pipe(v.string('must be a string'), v.url('must be a URL'), charsMax(4_096));
const shown = v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty'), charsMax(1_000));
const flag = v.boolean('must be true or false');

const keyErrors = ['login_key_missing', 'login_unreadable'] as const;

export const logins = defineOperation({
  name: 'logins',
  ...routes.logins,
  access: 'lease',
  summary: 'List the saved logins.',
  input: v.object({}),
  output: v.object({
    logins: described(v.array(loginSchema), 'The saved logins, by name.'),
    unreadable: described(
      v.array(
        v.object({
          name: described(name, 'Name of its file.'),
          problem: described(v.string(), 'Why it cannot be opened.'),
        }),
      ),
      'Saved logins that cannot be opened.',
    ),
  }),
  errors: ['login_key_missing'],
});

export const login = defineOperation({
  name: 'login',
  ...routes.login,
  access: 'lease',
  summary: 'Show what a saved login holds of each site, without its secrets.',
  input: v.object({ name: loginName }),
  output: loginDetailsSchema,
  errors: ['login_unknown', ...keyErrors],
});

export const loginSave = defineOperation({
  name: 'loginSave',
  ...routes.loginSave,
  access: 'admin',
  summary:
    'Open a page in a leased slot, wait until somebody has signed in there, and save the login. Answers then; a caller that ' +
    'hangs up saves nothing.',
  input: v.object({
    leaseToken,
    name: loginName,
    url: described(address, 'The page to sign in at.'),
    untilUrl: v.optional(
      described(shown, 'Signed in when a tab is at this address; * stands for any characters.'),
    ),
    untilText: v.optional(described(shown, 'Signed in when a page shows this text.')),
    timeoutS: v.optional(described(ttlSeconds, 'Seconds to wait for that; 300 if not given.')),
    origins: v.optional(
      described(
        v.pipe(v.array(address, listOfAddresses), v.maxLength(50, listOfAddresses)),
        'Further origins to save, besides that of the page to sign in at.',
      ),
    ),
    allOrigins: v.optional(described(flag, 'Save every origin that was visited.')),
    full: v.optional(
      described(
        flag,
        'Save what sites keep in the profile of the browser, which is closed for that and started again: every origin, ' +
          'service workers and keys that cannot be exported included.',
      ),
    ),
    passkeys: v.optional(
      described(
        flag,
        'Lend the browser an authenticator whose passkeys are saved, in place of those of the computer.',
      ),
    ),
    maxAgeS: v.optional(
      described(
        v.pipe(v.number('must be a number'), atLeast(60), atMost(31_536_000)),
        'Seconds after which it is too old to be leased; 30 days if not given.',
      ),
    ),
    holdersMax: v.optional(
      described(
        v.pipe(count, atLeast(1), atMost(64)),
        'How many leases may have it at once; 1 if not given.',
      ),
    ),
    needsApproval: v.optional(described(flag, 'Let each grant wait until a person approves it.')),
    checkUrl: v.optional(described(address, 'A page to open before each grant.')),
    checkText: v.optional(described(shown, 'The text on that page that shows that the login is signed in.')),
  }),
  output: loginSchema,
  errors: [
    'missing_lease_token',
    'unknown_lease',
    'lease_ended',
    'login_timeout',
    'login_stale',
    'login_changed',
    'login_too_large',
    'browser_launch_failed',
    ...keyErrors,
    'shutting_down',
  ],
});

export const loginDone = defineOperation({
  name: 'loginDone',
  ...routes.loginDone,
  access: 'admin',
  summary: 'Say that the sign-in that is under way is complete.',
  input: v.object({ name: loginName }),
  output: v.object({ name: loginName }),
  errors: ['login_unknown'],
});

export const loginRename = defineOperation({
  name: 'loginRename',
  ...routes.loginRename,
  access: 'admin',
  summary: 'Give a saved login another name.',
  input: v.object({ name: loginName, newName: described(name, 'The new name.') }),
  output: loginSchema,
  errors: ['login_unknown', 'login_exists', 'login_in_use', ...keyErrors],
});

export const loginRemove = defineOperation({
  name: 'loginRemove',
  ...routes.loginRemove,
  access: 'admin',
  summary: 'Delete a saved login. Whoever has it leased keeps it until the lease ends.',
  input: v.object({ name: loginName }),
  output: v.object({ removed: described(v.boolean(), 'Always true.'), name: loginName }),
  errors: ['login_unknown', 'login_in_use'],
});
