import type { PoolStatus, SlotView } from '@escarp/transport/client';
import { wrapped } from './print/wrapped.js';
import { printable, printableLines } from './print/printable.js';
import { bytes, duration } from './print/quantities.js';
import type { Tone } from './print/style.js';
import type { Column } from './print/table.js';
import { renderTable } from './print/table.js';
import type { Terminal } from './print/terminal.js';

const tones: Readonly<Record<SlotView['state'], Tone>> = {
  free: 'good',
  leased: 'accent',
  starting: 'careful',
  resetting: 'careful',
  quarantined: 'bad',
  draining: 'careful',
};

/** The port a holder named with `--dev-port`, where its own server listens. */
const devServer: Column<SlotView> = {
  header: 'SERVER',
  value: ({ devPort }) => (devPort === null ? '' : `:${devPort}`),
  align: 'right',
  rank: 6,
};

const columns: readonly Column<SlotView>[] = [
  { header: 'SLOT', value: ({ slot }) => String(slot), align: 'right', rank: 0 },
  { header: 'STATE', value: stateOf, tone: ({ state }) => tones[state], rank: 0 },
  { header: 'HOLDER', value: ({ holder }) => holder ?? '', rank: 1, widthMin: 20, shortenedIn: 'middle' },
  { header: 'ENDS IN', value: endsIn, align: 'right', rank: 3 },
  { header: 'CDP', value: ({ cdpPort }) => `127.0.0.1:${cdpPort}`, rank: 2 },
  { header: 'PID', value: ({ pid }) => text(pid), align: 'right', rank: 4 },
  { header: 'WINDOW', value: windowOf, rank: 5, widthMin: 8 },
  { header: 'RESET', value: ({ resetPolicy }) => resetPolicy, rank: 8 },
  {
    header: 'UP',
    value: ({ uptimeS }) => (uptimeS === null ? '' : duration(uptimeS * 1_000)),
    align: 'right',
    rank: 7,
  },
  { header: 'MEMORY', value: memoryOf, align: 'right', rank: 6 },
  devServer,
  {
    header: 'DEV PORTS',
    value: ({ ports }) => `${ports.frontend} ${ports.backend} ${ports.postgres}`,
    rank: 9,
  },
];

/** The pool as a table that fits the terminal, and below it what a person should know. */
export function slotTable(status: PoolStatus, terminal: Terminal): string[] {
  // Most holders name none, and a column without a value only takes room from the others.
  const shown = status.slots.some(({ devPort }) => devPort !== null)
    ? columns
    : columns.filter((column) => column !== devServer);
  const troubles = status.slots.filter(({ lastError, state }) => lastError !== null && state !== 'free');
  return [
    ...renderTable(shown, status.slots, terminal),
    ...(status.queueLength > 0
      ? ['', `${status.queueLength} in line:`, ...queueLines(status, terminal)]
      : []),
    ...peopleLines(status, terminal),
    ...undeletedLines(status, terminal),
    ...sparesLines(status, terminal),
    ...troubles.flatMap(({ slot, lastError }) => [
      '',
      ...printableLines(`slot ${slot}: ${lastError ?? ''}`).flatMap((line, index) =>
        index === 0
          ? wrapped(line, terminal.columns)
          : wrapped(line, terminal.columns - 2).map((part) => `  ${part}`),
      ),
    ]),
  ];
}

/** An agent that waits for a person waits in vain until one looks. */
function peopleLines({ asks = [], approvals = [] }: PoolStatus, { columns: width }: Terminal): string[] {
  const questions =
    asks.length === 0 ? [] : [`Questions to a person: ${asks.length}. Answer with escarp answer.`];
  const requests =
    approvals.length === 0 ? [] : [`Requests to approve: ${approvals.length}. Decide with escarp approve.`];
  const lines = [...questions, ...requests].flatMap((line) => wrapped(line, width));
  return lines.length === 0 ? [] : ['', ...lines];
}

function undeletedLines({ undeleted = 0 }: PoolStatus, { columns: width }: Terminal): string[] {
  if (undeleted === 0) return [];
  const what = `Not deleted yet of what resets moved away: ${undeleted}. escarp doctor says more.`;
  return ['', ...wrapped(what, width)];
}

function sparesLines({ spares }: PoolStatus, { columns: width }: Terminal): string[] {
  if (spares === undefined || spares.isOn) return [];
  return ['', ...wrapped(printable(`No spares are made at the moment. ${spares.reason ?? ''}`), width)];
}

function queueLines({ queue }: PoolStatus, { columns: width }: Terminal): string[] {
  return queue.flatMap(({ holder, position, estimateS }) =>
    wrapped(`${position}. ${printable(holder)}, about ${duration(estimateS * 1_000)}`, width - 2).map(
      (line) => `  ${line}`,
    ),
  );
}

function stateOf({ state, suspectedStale }: SlotView): string {
  return suspectedStale ? `${state}, silent` : state;
}

function endsIn({ state, availableAfterS }: SlotView): string {
  return state === 'leased' && availableAfterS !== null ? duration(availableAfterS * 1_000) : '';
}

/** What names the slot's window to the system: its own application, its display, or its window's number. */
function windowOf({ headless, cuaAppBundleId, display, osWindowId }: SlotView): string {
  if (headless) return 'headless';
  if (cuaAppBundleId !== null) return cuaAppBundleId;
  return [display, osWindowId].filter((part) => part !== null).join(' ');
}

/** Of the slot, and of the browser that waits for its recycle, if one does. */
function memoryOf({ memoryBytes, spare }: SlotView): string {
  const own = memoryBytes === null ? '' : bytes(memoryBytes);
  return spare === undefined || spare.memoryBytes === null ? own : `${own} + ${bytes(spare.memoryBytes)}`;
}

function text(value: number | null): string {
  return value === null ? '' : String(value);
}
