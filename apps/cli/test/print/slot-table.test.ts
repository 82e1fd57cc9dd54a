import type { PoolStatus, SlotView } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/describe-event.js';
import { printFailure } from '../../src/print-failure.js';
import { slotTable } from '../../src/slot-table.js';
import type { Terminal } from '../../src/print/terminal.js';

const slotOf = (slot: number, more: Partial<SlotView> = {}): SlotView =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the fields that the table looks at.
  ({
    slot,
    state: 'leased',
    holder: `claude-code@shop-feature-${slot}`,
    devPort: null,
    cdpPort: 9222 + slot,
    pid: 123_456,
    availableAfterS: 59,
    suspectedStale: false,
    headless: true,
    cuaAppBundleId: null,
    display: null,
    osWindowId: null,
    resetPolicy: 'recycle',
    uptimeS: 90,
    memoryBytes: 231e6,
    ports: { frontend: 3000, backend: 8000, postgres: 5432, cdp: 9222 },
    lastError: null,
    ...more,
  }) as SlotView;

const statusOf = (slots: readonly SlotView[]): PoolStatus =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above.
  ({ slots, queueLength: 0, queue: [] }) as unknown as PoolStatus;

const terminal = (columns: number): Terminal => ({ columns, colours: false, unicode: true });

describe('the table of slots', () => {
  it.each([60, 80, 100])(
    'tells at %i columns who holds what, by the part of the name that differs',
    (columns) => {
      const lines = slotTable(statusOf([slotOf(0), slotOf(1)]), terminal(columns));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(lines[1]).toMatch(/claude-co.*feature-0 /);
      expect(lines[2]).toMatch(/claude-co.*feature-1 /);
      expect(lines[1]).toContain('127.0.0.1:9222');
    },
  );

  it('shows the port of a server that a holder named, and no column where nobody did', () => {
    const none = slotTable(statusOf([slotOf(0)]), terminal(200));
    expect(none[0]).not.toContain('SERVER');
    const lines = slotTable(statusOf([slotOf(0, { devPort: 3333 }), slotOf(1)]), terminal(100));
    expect(lines[0]).toContain('SERVER');
    expect(lines[1]).toContain(':3333');
  });

  it('adds the memory of a browser that waits to that of its slot, and says why none does', () => {
    const spare = { pid: 1, memoryBytes: 86e6 };
    const spares = { isOn: false, reason: 'Memory is short.' };
    const lines = slotTable({ ...statusOf([slotOf(0, { spare }), slotOf(1)]), spares }, terminal(200));
    expect(lines[1]).toContain('231 MB + 86 MB');
    expect(lines[2]).not.toContain('+');
    expect(lines).toContain('No spares are made at the moment. Memory is short.');
  });

  it('says below it who waits for a person, and what can be done', () => {
    const people = { asks: [{}, {}], approvals: [{}] } as Pick<PoolStatus, 'asks' | 'approvals'>;
    expect(slotTable({ ...statusOf([slotOf(0)]), ...people }, terminal(80)).slice(2)).toEqual([
      '',
      'Questions to a person: 2. Answer with escarp answer.',
      'Requests to approve: 1. Decide with escarp approve.',
    ]);
    expect(slotTable(statusOf([slotOf(0)]), terminal(80))).toHaveLength(2);
  });

  it.each([40, 60, 80])('has no line below it that is wider than %i columns', (columns) => {
    const queue = [{ holder: 'x'.repeat(200), position: 1, estimateS: 5 }];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the fields that the table looks at.
    const more = {
      queueLength: 1,
      queue,
      asks: [{}],
      approvals: [{}],
      undeleted: 3,
    } as unknown as PoolStatus;
    const lines = slotTable({ ...more, slots: [slotOf(0)] }, terminal(columns));
    expect(lines.join('')).toContain('escarp answer');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('breaks the lines of a log where they break, and obeys nothing in them', () => {
    const lastError = 'It ended with 127.\nfirst\u001b[2J line\r\nsecond line\n';
    const lines = slotTable(statusOf([slotOf(0, { state: 'quarantined', lastError })]), terminal(80));
    expect(lines.slice(-3)).toEqual([
      'slot 0: It ended with 127.',
      String.raw`  first\x1b[2J line`,
      '  second line',
    ]);
  });
});

describe('text of several lines', () => {
  it('is one line of the journal', () => {
    const event = {
      type: 'resource-quarantined',
      key: 'slot-1',
      failures: 1,
      error: 'one\ntwo',
      retryInMs: 1_000,
    } as const;
    expect(describeEvent(event)?.text).toBe('slot 1 is quarantined for 1 s: one / two');
  });

  it('is indented below the first line of a failure', async () => {
    let said = '';
    const stream = { write: (text: string) => (said += text), isTTY: false };
    const error = new OperationError('browser_launch_failed', {
      message: 'It ended.\nno library',
      hint: 'Do.',
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream that is only written to.
    const cli = { env: {}, json: false, verbose: false, stdout: stream, stderr: stream } as never;
    expect(printFailure(cli, error)).toBe(7);
    expect(said).toBe('x It ended.\n  no library\n  Do.\n');
  });

  it.each([
    ['The field ttl_s must be 1 or more.', '--ttl must be 1 or more.'],
    ['The field dev_port must be a port.', '--dev-port must be a port.'],
  ])('names the option that was typed: %s', async (message, shown) => {
    let said = '';
    const stream = { write: (text: string) => (said += text), isTTY: false };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above.
    const cli = { env: {}, json: false, verbose: false, stdout: stream, stderr: stream } as never;
    printFailure(cli, new OperationError('bad_request', { message }));
    expect(said).toContain(`x ${shown}\n`);
    expect(said).not.toMatch(/\b[a-z]+_[a-z]+\b/);
  });
});
