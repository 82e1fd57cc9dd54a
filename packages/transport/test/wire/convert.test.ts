import * as fc from 'fast-check';
import { toWire } from '@escarp/transport';
import { describe, expect, it } from 'vitest';
import { fromWire } from '../../src/wire/convert.js';

describe('the wire mapping', () => {
  it('spells every field, at every depth, and leaves labels alone', () => {
    expect(
      toWire({ expiresAt: 1, slots: [{ cdpWsUrl: null }], ports: { cdp: 9 }, labels: { aB: 'c' } }),
    ).toEqual({
      expires_at: 1,
      slots: [{ cdp_ws_url: null }],
      ports: { cdp: 9 },
      labels: { aB: 'c' },
    });
  });

  it('has the contract’s names in its types too', () => {
    const wire = toWire({ retryAfterS: 1, slots: [{ osWindowId: 2 }] });
    expect(wire.retry_after_s + (wire.slots[0]?.os_window_id ?? 0)).toBe(3);
  });

  it('reads back what it wrote', () => {
    const name = fc
      .stringMatching(/^[a-z][a-z0-9]{0,5}([A-Z][a-z0-9]{0,5}){0,3}$/)
      .filter((each) => each !== 'labels');
    const leaf = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        leaf,
        fc.array(tie('node')),
        fc.dictionary(name, tie('node'), { noNullPrototype: true }),
      ),
    })).node;
    fc.assert(
      fc.property(value, (each) => {
        expect(fromWire(toWire(each))).toEqual(each);
      }),
    );
  });

  it('drops fields that are not spelled as on the wire', () => {
    const body: unknown = JSON.parse(
      '{"leaseToken":1,"__proto__":{"polluted":1},"constructor":2,"lease__token":3,"_x":4,"x_":5,"ok_name":6}',
    );
    const read = fromWire(body) as Record<string, unknown>;
    expect(Object.keys(read)).toEqual(['constructor', 'okName']);
    expect(read['polluted']).toBeUndefined();
  });
});
