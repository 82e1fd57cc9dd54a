import type { LoginDetails, LoginView } from '@escarp/transport/client';
import { counted } from '../print/quantities.js';
import { printable } from '../print/printable.js';

/** What a person wants to know of a login, a line each. */
export function loginLines(login: LoginView): string[] {
  const { holdersMax, needsApproval, check, limitedTo, reason, updateProblem } = login;
  const rows: [string, string | null][] = [
    ['status', login.status === 'ready' ? 'ready' : `needs a login: ${reason ?? ''}`],
    ['signed in', date(login.createdAt)],
    ['saved', `${date(login.capturedAt)}, version ${login.version}`],
    ['expires', date(login.expiresAt)],
    [
      'form',
      login.form === 'profile' ? 'full: all that sites keep on disk' : 'state: cookies and what pages store',
    ],
    ['used by', holdersMax === 1 ? 'one lease at a time' : `up to ${holdersMax} leases at a time`],
    ['approval', needsApproval ? 'a person approves each grant' : null],
    [
      'check',
      check === null
        ? 'none: nothing tells whether it is still signed in'
        : `${check.url} shows "${check.text}"`,
    ],
    ['origins', limitedTo === null ? 'all that were visited' : limitedTo.join(' ')],
    ['not saved', updateProblem === null ? null : `the last update: ${updateProblem}`],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(12)}${printable(value)}`]));
}

/** The same, with what it holds of each origin, each cookie, and what it does not hold. */
export function loginDetailLines(login: LoginDetails): string[] {
  const origins = login.origins.map(({ origin, localStorage, sessionStorage, databases, files }) => {
    const held = [
      [localStorage, `${counted(localStorage, 'item')} in localStorage`],
      [sessionStorage, `${counted(sessionStorage, 'item')} in sessionStorage`],
      [
        databases.length,
        `${counted(databases.length, 'database')} with ${counted(recordsIn(databases), 'record')}`,
      ],
      [files, counted(files, 'file')],
    ].flatMap(([count, words]) => (count === 0 ? [] : [words]));
    return `  ${origin}: ${held.join(', ') || 'nothing but cookies'}`;
  });
  const cookies = login.cookies.map(
    ({ name, domain, expiresAt, isPartitioned }) =>
      `  ${name} of ${domain}, ${expiresAt === null ? 'until the browser ends' : `until ${date(expiresAt)}`}` +
      (isPartitioned ? ', partitioned' : ''),
  );
  const passkeys = login.passkeys.map(
    ({ site, userName, isDiscoverable }) =>
      `  ${site}${userName === null ? '' : ` as ${userName}`}` +
      (isDiscoverable ? '' : ', when the site names it'),
  );
  const notHeld = login.notHeld.map(
    ({ origin, what, detail }) => `  ${what}: ${detail}${origin === null ? '' : ` (${origin})`}`,
  );
  return [
    ...loginLines(login),
    ...section('holds', origins),
    ...section('cookies', cookies),
    ...section('passkeys', passkeys),
    ...section('does not hold', notHeld),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${printable(line.trim())}`)];
}

function recordsIn(databases: LoginDetails['origins'][number]['databases']): number {
  return databases.reduce((sum, { records }) => sum + records, 0);
}

function date(epochS: number): string {
  return new Date(epochS * 1_000).toISOString().replace('.000Z', 'Z');
}
