import { resetPolicies, slotsMax } from '@escarp/contract';
import type { ResetPolicy } from '@escarp/slot-pool';
import { DaemonError } from './errors.js';

/** What the environment says. Absent where it says nothing. */
export interface Settings {
  readonly home: string;
  /** Number of slots, from 1 to 64; undefined to leave it to the pool file. */
  readonly poolSize: number | undefined;
  /** DevTools port of slot 0; slot N has this port plus N. Default: 9222. */
  readonly cdpBase: number;
  readonly apiPort: number;
  readonly apiHost: string;
  /** Port of the viewer on 127.0.0.1; 0 for any free one. Default: 7879. */
  readonly viewPort: number;
  readonly leaseTtlS: number;
  readonly browserPath: string | undefined;
  readonly reset: ResetPolicy | undefined;
  /** Whether spares are made; undefined to leave it to the pool file. */
  readonly spares: boolean | undefined;
  readonly chromeArgs: readonly string[];
  readonly apiToken: string | undefined;
  readonly adminToken: string | undefined;
  /** At most so many leases and queued requests for each holder; undefined for no limit. */
  readonly perHolder: number | undefined;
  /** The same for each tenant. */
  readonly perTenant: number | undefined;
  /** What opens the saved logins, or the key that does: an age identity or a passphrase. */
  readonly loginKey: string | undefined;
  readonly logLevel: LogLevel;
  /** How long a daemon that does not launch browsers waits for one to appear. */
  readonly discoveryWaitS: number;
  /** Path of a program that is run for everything that waits for a person; undefined for none. */
  readonly askCommand: string | undefined;
  /** Where the operator is told of what waits for a person, unless there is an `askCommand`. */
  readonly notify: (typeof notifyChoices)[number];
  /**
   * Of which leases screenshots are taken. `on-request`: of those that ask. `on` and `keep`: of every lease. `off`: of none,
   * whatever it asks.
   */
  readonly screenshots: (typeof screenshotsChoices)[number];
}

const notifyChoices = ['desktop', 'off'] as const;
const screenshotsChoices = ['off', 'on-request', 'on', 'keep'] as const;

/** The least severe level that is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the variables of the contract. Throws `bad_setting`, naming the variable, for a value that makes no sense. */
export function readSettings(env: Environment, defaultHome: string): Settings {
  return {
    home: env['ESCARP_HOME'] || defaultHome,
    poolSize: integer(env, 'ESCARP_POOL_SIZE', 1, slotsMax),
    cdpBase: integer(env, 'ESCARP_CDP_BASE', 1, 65_535) ?? 9222,
    apiPort: integer(env, 'ESCARP_API_PORT', 0, 65_535) ?? 7878,
    apiHost: env['ESCARP_API_HOST'] || '127.0.0.1',
    viewPort: integer(env, 'ESCARP_VIEW_PORT', 0, 65_535) ?? 7879,
    leaseTtlS: number(env, 'ESCARP_LEASE_TTL_S', 0.5, 86_400) ?? 60,
    browserPath: env['ESCARP_CFT_BINARY'] || undefined,
    reset: choice(env, 'ESCARP_RESET', resetPolicies),
    spares: onOrOff(env, 'ESCARP_SPARES'),
    chromeArgs: (env['ESCARP_CHROME_ARGS'] ?? '').split(/\s+/).filter((argument) => argument !== ''),
    apiToken: token(env, 'ESCARP_API_TOKEN'),
    adminToken: token(env, 'ESCARP_ADMIN_TOKEN'),
    perHolder: integer(env, 'ESCARP_MAX_PER_HOLDER', 1, 10_000),
    perTenant: integer(env, 'ESCARP_MAX_PER_TENANT', 1, 10_000),
    loginKey: env['ESCARP_LOGIN_KEY'] || undefined,
    logLevel: choice(env, 'ESCARP_LOG_LEVEL', ['debug', 'info', 'warn', 'error']) ?? 'info',
    discoveryWaitS: number(env, 'ESCARP_DISCOVERY_WAIT_S', 0, 3_600) ?? 10,
    askCommand: env['ESCARP_ASK_COMMAND'] || undefined,
    notify: choice(env, 'ESCARP_NOTIFY', notifyChoices) ?? 'desktop',
    screenshots: choice(env, 'ESCARP_SCREENSHOTS', screenshotsChoices) ?? 'on-request',
  };
}

/**
 * What a daemon that runs cannot take over from the environment any more, by the names of the variables. Of a token only
 * whether there is one.
 */
export function daemonSettings(settings: Settings): Record<string, string> {
  return {
    ESCARP_API_PORT: String(settings.apiPort),
    ESCARP_API_HOST: settings.apiHost,
    ESCARP_LEASE_TTL_S: String(settings.leaseTtlS),
    ESCARP_CFT_BINARY: settings.browserPath ?? 'the one found',
    ESCARP_RESET: settings.reset ?? 'by tier',
    ESCARP_SPARES: settings.spares === undefined ? 'as saved' : settings.spares ? 'on' : 'off',
    ESCARP_CHROME_ARGS: settings.chromeArgs.join(' '),
    ESCARP_API_TOKEN: whetherSet(settings.apiToken),
    ESCARP_ADMIN_TOKEN: whetherSet(settings.adminToken),
    ESCARP_MAX_PER_HOLDER: String(settings.perHolder ?? 'no limit'),
    ESCARP_MAX_PER_TENANT: String(settings.perTenant ?? 'no limit'),
    ESCARP_LOGIN_KEY: whetherSet(settings.loginKey),
    ESCARP_LOG_LEVEL: settings.logLevel,
    ESCARP_DISCOVERY_WAIT_S: String(settings.discoveryWaitS),
    ESCARP_ASK_COMMAND: settings.askCommand ?? 'none',
    ESCARP_NOTIFY: settings.notify,
    ESCARP_SCREENSHOTS: settings.screenshots,
  };
}

function whetherSet(secret: string | undefined): string {
  return secret === undefined ? 'not set' : 'set';
}

function integer(env: Environment, name: string, min: number, max: number): number | undefined {
  const value = number(env, name, min, max);
  if (value === undefined || Number.isInteger(value)) return value;
  throw bad(name, env[name], 'a whole number');
}

function number(env: Environment, name: string, min: number, max: number): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (value >= min && value <= max) return value;
  throw bad(name, text, `a number from ${min} to ${max}`);
}

function choice<T extends string>(env: Environment, name: string, choices: readonly T[]): T | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const chosen = choices.find((one) => one === text);
  if (chosen !== undefined) return chosen;
  throw bad(name, text, `one of ${choices.join(', ')}`);
}

function onOrOff(env: Environment, name: string): boolean | undefined {
  const said = choice(env, name, ['on', 'off']);
  return said === undefined ? undefined : said === 'on';
}

const tokenCharsMin = 16;

/** The value itself is not repeated in the error: it may be a part of a real one. */
function token(env: Environment, name: string): string | undefined {
  const text = env[name] || undefined;
  // Nothing else can be said in a header.
  if (text === undefined || (text.length >= tokenCharsMin && /^[\u0021-\u007e]+$/.test(text))) return text;
  const expected = `at least ${tokenCharsMin} printable ASCII characters without a space`;
  throw new DaemonError(
    'bad_setting',
    `${name} is no usable token.`,
    `Set ${name} to ${expected}, or unset it.`,
  );
}

function bad(name: string, value: string | undefined, expected: string): DaemonError {
  const message = `${name} is ${JSON.stringify(value)}, which is not ${expected}.`;
  return new DaemonError('bad_setting', message, `Set ${name} to ${expected}, or unset it.`);
}
