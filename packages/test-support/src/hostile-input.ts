/** The names of an operation's fields, and names that every object has. */
export const requestFields = [
  'holder',
  'slot',
  'dev_port',
  'wait_s',
  'ttl_s',
  'request_id',
  'labels',
  'tenant',
  'run',
  'client',
  'handoff',
  'lease_token',
  'no_wait',
  'force',
  'to',
  '__proto__',
  'constructor',
  'toString',
  '',
] as const;

/** Values that have broken parsers, terminals and shells before. */
export const hostileValues: readonly unknown[] = [
  '../../etc/passwd',
  'a\u0000b',
  '\u001b]0;owned\u0007',
  '\ud800',
  '$(reboot)',
  '"; rm -rf /',
  '{{7*7}}',
  'x'.repeat(5_000),
  '',
  -0,
  1e308,
  -1,
  2 ** 53,
  0.1,
  [],
  {},
  [[[]]],
  { holder: {} },
  true,
  null,
];

/** Bodies that are not JSON, or more of it than anyone needs. */
export const hostileBodies: readonly string[] = [
  '[',
  '{"a":',
  '{}{}',
  '\ufeff{}',
  '['.repeat(30_000),
  `{"holder":"a","slot":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
  `{"holder":"a","labels":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`,
  `{"holder":"${'a'.repeat(70_000)}"}`,
  '1e999',
];
