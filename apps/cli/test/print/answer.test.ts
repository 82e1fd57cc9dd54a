import { describe, expect, it } from 'vitest';
import { printAnswer } from '../../src/print-answer.js';

type Output = Parameters<typeof printAnswer>[0]['stdout'];

function printed(json: boolean): string {
  const written: string[] = [];
  const stdout: Pick<Output, 'write'> = {
    write: (text: string | Uint8Array) => written.push(String(text)) > 0,
  };
  const document = { leaseToken: 't', slots: [{ cdpPort: 1 }], labels: { FrontEnd: 'a' } };
  printAnswer({ json, stdout: stdout as Output }, document, ['slot 0']);
  return written.join('');
}

describe('An answer', () => {
  it('has the field names of the wire as JSON, and the keys of labels as their owner wrote them', () => {
    expect(JSON.parse(printed(true))).toEqual({
      lease_token: 't',
      slots: [{ cdp_port: 1 }],
      labels: { FrontEnd: 'a' },
    });
  });

  it('is lines for a person', () => {
    expect(printed(false)).toBe('slot 0\n');
  });
});
