import { inheritedNames, readableNames, unreadableNames } from '@escarp/test-support';
import { describe, expect, it } from 'vitest';
import type { Command, JsonRecord } from '../src/index.js';
import { Stage } from './stage.js';

const stage = () => new Stage({ nameBytes: 100, detailsBytes: 200, errorBytes: 60 }).free('a');

/** Each command with one of its names replaced, beside how the caller knows that field. */
function commandsWith(one: Stage, name: string): [field: string, command: Command][] {
  const acquire = one.ask('ann');
  const { requestId, leaseId, tokenDigest, scope } = acquire;
  const accept = { type: 'accept', requestId, leaseId, tokenDigest, scope, codeDigest: 'c' } as const;
  const offer = { type: 'offer', tokenDigest, to: 'ben', codeDigest: 'c' } as const;
  const held = ['renew', 'release', 'retract'] as const;
  return [
    ...[acquire, accept].flatMap((command): [string, Command][] => [
      ['request_id', { ...command, requestId: name }],
      ['lease_id', { ...command, leaseId: name }],
      ['token', { ...command, tokenDigest: name }],
      ['holder', { ...command, scope: { holder: name } }],
      ['tenant', { ...command, scope: { ...scope, tenant: name } }],
      ['run', { ...command, scope: { ...scope, run: name } }],
      ['client', { ...command, scope: { ...scope, client: name } }],
    ]),
    ['key', { ...acquire, selector: { key: name } }],
    ['labels', { ...acquire, selector: { labels: { [name]: 'x' } } }],
    ['handoff', { ...accept, codeDigest: name }],
    ['handoff', { ...offer, codeDigest: name }],
    ['to', { ...offer, to: name }],
    ...[...held.map((type) => ({ type, tokenDigest })), offer].map((command): [string, Command] => [
      'request_id',
      { ...command, requestId: name },
    ]),
    ...held.slice(0, 2).map((type): [string, Command] => ['token', { type, tokenDigest: name, requestId }]),
    ['key', { type: 'added', key: name }],
    ['labels', { type: 'added', key: 'b', labels: { [name]: 'x' } }],
  ];
}

describe('a name that nobody can read', () => {
  it.each([...unreadableNames, 'x'.repeat(99), '語'.repeat(33)])(
    '%j is refused wherever it stands',
    (name) => {
      const one = stage();
      const { revision } = one.state;
      for (const [subject, command] of commandsWith(one, name)) {
        expect([command, one.run(command)]).toEqual([
          command,
          { type: 'refused', code: 'bad_request', subject },
        ]);
      }
      expect(one.state.revision).toBe(revision);
    },
  );

  it.each(readableNames)('%j is none', (holder) => {
    expect(stage().acquire(holder, { tenant: holder }).type).toBe('granted');
  });
});

describe('labels and attributes', () => {
  it.each(inheritedNames)('may not have the name %s', (name) => {
    const own = JSON.parse(`{"${name}":"x"}`);
    const one = stage();
    for (const [subject, command] of [
      ['labels', one.ask('ann', { selector: { labels: own } })],
      ['attributes', one.ask('ann', { attributes: own })],
      ['attributes', one.ask('ann', { attributes: { deep: [own] } })],
      ['labels', { type: 'added', key: 'b', labels: own } as const],
      ['attributes', { type: 'added', key: 'b', attributes: own } as const],
    ] satisfies [string, Command][]) {
      expect(one.run(command)).toEqual({ type: 'refused', code: 'bad_request', subject });
    }
  });

  it('have a limit together', () => {
    const attributesOf = (length: number): JsonRecord => ({ a: 'x'.repeat(length) });
    const labels = { os: 'x'.repeat(60) };
    const one = new Stage({ detailsBytes: 200 });
    one.add('a', labels);
    one.ready('a');
    for (const command of [
      one.ask('ann', { selector: { labels }, attributes: attributesOf(150) }),
      { type: 'added', key: 'b', labels, attributes: attributesOf(150) } as const,
    ]) {
      expect(one.run(command)).toMatchObject({ code: 'bad_request', subject: 'attributes' });
    }
    const fits = one.ask('ann', { selector: { labels }, attributes: attributesOf(100) });
    expect(one.run(fits).type).toBe('granted');
  });
});

describe('what a resource’s keeper says', () => {
  it.each(['x'.repeat(1_000), '\u0001'.repeat(1_000), '語'.repeat(1_000), '\ud800'.repeat(1_000)])(
    'is cut (%#)',
    (text) => {
      const one = stage();
      one.run({ type: 'lost', key: 'a', fence: one.fenceOf('a'), error: text });
      one.run({ type: 'failed', key: 'a', fence: one.fenceOf('a'), error: text });
      const error = one.resource('a').lastError ?? '';
      expect(Buffer.byteLength(JSON.stringify(error))).toBeLessThanOrEqual(60);
      expect(error.length).toBeGreaterThan(0);
      one.free('b').release(one.hold('ann'));
      one.run({ type: 'reset-done', key: 'b', fence: one.fenceOf('b'), note: text });
      for (const event of one.events) expect(JSON.stringify(event).length).toBeLessThan(600);
    },
  );
});
