import { hostileValues } from '@escarp/test-support';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/index.js';
import { readInput } from '../../src/wire/input.js';

const values: readonly unknown[] = [
  ...hostileValues,
  -1e300,
  1e300,
  Array.from({ length: 100 }, () => 'https://a.example'),
  ['a', 5],
  { a: 1 },
  { a: 'x'.repeat(300) },
  Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`key-${at}`, 'x'])),
  `https://a.example/${'x'.repeat(5_000)}`,
];

/** Every field that an operation takes. */
const fields = Object.values(operations).flatMap(({ name, input }) =>
  Object.entries(entriesOf(input)).map(([field, schema]) => ({ name, field, schema })),
);

describe('what a caller is told about a field', () => {
  it.each(fields)('$field of $name is what it must be, in words of our own', ({ schema }) => {
    for (const value of values) {
      const { issues = [] } = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
      for (const { message } of issues) expect(message).toMatch(/^must /);
    }
  });

  it('names the field and its limit', () => {
    const refused = expect.objectContaining({
      code: 'bad_request',
      message: 'The field ttl_s must be 86400 or less.',
      details: { field: 'ttl_s' },
    });
    const beat = () => readInput(operations.heartbeat.input, { lease_token: 'token', ttl_s: 1e9 });
    expect(beat).toThrow(refused);
  });

  it('does not take a list for labels', () => {
    const ask = () => readInput(operations.acquire.input, { holder: 'agent', labels: [] });
    expect(ask).toThrow('The field labels must be an object, not a list.');
  });
});

/** Of an object, also of one that is checked or transformed afterwards. */
function entriesOf(schema: v.GenericSchema): Record<string, v.GenericSchema> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- inputs are objects, or pipes that begin with one.
  const known = schema as v.GenericSchema & {
    entries?: Record<string, v.GenericSchema>;
    pipe?: readonly v.GenericSchema[];
  };
  return known.entries ?? entriesOf(known.pipe?.[0] ?? v.object({}));
}
