import stringWidth from 'string-width';
import { padded, shortened, shortenedInside } from './fitted.js';
import { printable } from './printable.js';
import { styled, type Tone } from './style.js';
import type { Terminal } from './terminal.js';
import { wrapped } from './wrapped.js';

export interface Column<Row> {
  readonly header: string;
  /** Raw text; the table makes it printable. */
  readonly value: (row: Row) => string;
  readonly tone?: (row: Row) => Tone | undefined;
  readonly align?: 'left' | 'right';
  /** On a narrow terminal the column with the highest rank is left out first; one of rank 0 never is. */
  readonly rank: number;
  /** Before a column is left out, this one may be shortened to this many columns of the terminal. */
  readonly widthMin?: number;
  /** Where text that is too long is cut: at the end by default, or in the middle if its end says the most. */
  readonly shortenedIn?: 'middle';
}

const gap = '  ';

/**
 * The rows as lines, none wider than the terminal: all columns if they fit, otherwise fewer, and if not even those of
 * rank 0 fit, a card for each row.
 */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  terminal: Terminal,
): string[] {
  const measured = columns.map((column) => measure(column, rows));
  const kept = fitting(measured, terminal.columns);
  return kept === undefined ? cards(columns, rows, terminal) : grid(kept, rows, terminal);
}

interface Measured<Row> {
  readonly column: Column<Row>;
  readonly width: number;
  readonly widthMin: number;
}

function measure<Row>(column: Column<Row>, rows: readonly Row[]): Measured<Row> {
  const widths = rows.map((row) => stringWidth(printable(column.value(row))));
  const width = Math.max(stringWidth(column.header), ...widths);
  return { column, width, widthMin: Math.min(width, column.widthMin ?? width) };
}

function fitting<Row>(columns: readonly Measured<Row>[], available: number): Measured<Row>[] | undefined {
  let kept = [...columns];
  while (totalWidth(kept.map(({ widthMin }) => widthMin)) > available) {
    const rankMax = Math.max(...kept.map(({ column }) => column.rank));
    if (rankMax === 0) return undefined;
    const dropped = kept.findLastIndex(({ column }) => column.rank === rankMax);
    kept = kept.filter((_, index) => index !== dropped);
  }
  return shrunk(kept, available);
}

/** Narrows the widest columns that may be narrowed, one column of the terminal at a time, until all fit. */
function shrunk<Row>(columns: readonly Measured<Row>[], available: number): Measured<Row>[] {
  let result = [...columns];
  while (totalWidth(result.map(({ width }) => width)) > available) {
    const givers = result.filter(({ width, widthMin }) => width > widthMin);
    const widest = Math.max(...givers.map(({ width }) => width));
    const giver = givers.find(({ width }) => width === widest);
    result = result.map((one) => (one === giver ? { ...one, width: one.width - 1 } : one));
  }
  return result;
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap.length * Math.max(0, widths.length - 1);
}

function grid<Row>(columns: readonly Measured<Row>[], rows: readonly Row[], terminal: Terminal): string[] {
  const line = (cell: (column: Column<Row>) => { text: string; tone: Tone | undefined }) =>
    columns
      .map(({ column, width }) => {
        const { text, tone } = cell(column);
        const shorten = column.shortenedIn === 'middle' ? shortenedInside : shortened;
        const fitted = padded(shorten(text, width, terminal), width, column.align ?? 'left');
        return styled(fitted, tone, terminal);
      })
      .join(gap)
      .trimEnd();
  return [
    line(({ header }) => ({ text: header, tone: 'quiet' })),
    ...rows.map((row) => line(({ value, tone }) => ({ text: printable(value(row)), tone: tone?.(row) }))),
  ];
}

function cards<Row>(columns: readonly Column<Row>[], rows: readonly Row[], terminal: Terminal): string[] {
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...columns.flatMap(({ header, value, tone }) => {
      const text = printable(value(row));
      const lines = text === '' ? [] : wrapped(`${header}: ${text}`, terminal.columns);
      return lines.map((line) => styled(line, tone?.(row), terminal));
    }),
  ]);
}
