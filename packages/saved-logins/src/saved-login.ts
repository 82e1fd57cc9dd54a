import * as v from 'valibot';

/** The layout of what is sealed. A reader refuses any other than its own. */
export const loginFormat = 1;

const text = v.pipe(v.string(), v.maxLength(4_096));
const epochMs = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const cookieSummary = v.object({
  name: text,
  domain: text,
  path: text,
  /** Epoch milliseconds; null for a cookie that ends with the browser. */
  expiresAt: v.nullable(epochMs),
  isPartitioned: v.boolean(),
  isHttpOnly: v.boolean(),
});

export const originSummarySchema = v.object({
  origin: text,
  /** Number of entries. */
  localStorage: count,
  /** Number of entries. */
  sessionStorage: count,
  databases: v.array(
    v.object({
      bucket: v.nullable(text),
      name: text,
      /** Number of records. */
      records: count,
    }),
  ),
  /** Number of files. */
  files: count,
  buckets: v.array(text),
});

const passkeySummary = v.object({
  /** The domain that the passkey is for, and whose subdomains may ask for it. */
  site: text,
  userName: v.nullable(text),
  /** Whether a site finds it without being told who signs in. */
  isDiscoverable: v.boolean(),
});

const notHeld = v.object({ origin: v.nullable(text), what: text, detail: text });

const access = v.union([
  v.object({ mode: v.literal('exclusive') }),
  v.object({ mode: v.literal('shared'), holdersMax: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
]);

const check = v.object({ url: text, text });

export const metadataSchema = v.object({
  name: text,
  /** Rises by one each time the login is written. */
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /**
   * What of the browser is saved: in `state` cookies, passkeys and what a script can read and write; in `profile`, of a full
   * login, everything that sites keep on disk.
   */
  form: v.picklist(['state', 'profile']),
  /** When a person signed in, in epoch milliseconds. */
  createdAt: epochMs,
  /** When this version was captured, in epoch milliseconds. */
  capturedAt: epochMs,
  /** How long after its capture it may be used, in milliseconds. */
  maxAgeMs: v.pipe(v.number(), v.minValue(1)),
  url: text,
  /** The origins it is limited to; null for every origin that was visited. */
  limitedTo: v.nullable(v.array(text)),
  access,
  /** Whether each grant waits for a person. */
  needsApproval: v.boolean(),
  /** Where it shows that it is signed in: the page at `url`, and a text on it. */
  check: v.nullable(check),
  cookies: v.array(cookieSummary),
  origins: v.array(originSummarySchema),
  passkeys: v.optional(v.array(passkeySummary), []),
  notHeld: v.array(notHeld),
});

/** What is known of a saved login without what it holds. It is sealed with it, and never stored outside. */
export type LoginMetadata = v.InferOutput<typeof metadataSchema>;

/** How a login may be used and for how long, as the person who signed in decided. */
export type LoginTerms = Pick<LoginMetadata, 'maxAgeMs' | 'access' | 'needsApproval' | 'check' | 'limitedTo'>;

/** Something of a site that a saved login does not hold. `origin` is null where it is of the whole browser. */
export type NotHeld = v.InferOutput<typeof notHeld>;

/** How many of what a saved login holds of one origin. */
export type OriginSummary = v.InferOutput<typeof originSummarySchema>;

/** A cookie without its value. */
export type CookieSummary = v.InferOutput<typeof cookieSummary>;

/** A passkey without its key. */
export type PasskeySummary = v.InferOutput<typeof passkeySummary>;

const record = v.record(v.string(), v.unknown());
const entries = v.array(v.tuple([v.string(), v.string()]));

const bucketState = v.object({
  /** Null for what is not in a bucket of its own. */
  name: v.nullable(v.string()),
  settings: record,
  databases: v.array(record),
  directories: v.array(v.string()),
  files: v.array(v.object({ path: v.string(), type: v.string(), base64: v.string() })),
});

export const originSchema = v.object({
  origin: v.string(),
  localStorage: entries,
  sessionStorage: entries,
  buckets: v.array(bucketState),
});

/** As DevTools' `WebAuthn.Credential`, what is not named here included. */
export const passkeySchema = v.looseObject({
  credentialId: v.string(),
  rpId: v.string(),
  isResidentCredential: v.boolean(),
  signCount: count,
  userName: v.optional(v.string()),
});

export const stateSchema = v.object({
  cookies: v.array(record),
  origins: v.array(originSchema),
  passkeys: v.optional(v.array(passkeySchema), []),
});

/** What a browser keeps of a login; of a full login, what its profile need not have. All of it is secret. */
export type LoginState = v.InferOutput<typeof stateSchema>;

/** A key that signs in at one site, with its private part. */
export type Passkey = v.InferOutput<typeof passkeySchema>;

/** What a browser keeps of one origin. */
export type OriginState = v.InferOutput<typeof originSchema>;

/** The default bucket of an origin, or one that it made. */
export type BucketState = v.InferOutput<typeof bucketState>;

/** A login as it is sealed; with a full one comes its profile. */
export interface SavedLogin {
  readonly metadata: LoginMetadata;
  readonly state: LoginState;
}
