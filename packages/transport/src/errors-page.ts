import {
  errorTable,
  errorWords,
  isErrorCode,
  programErrors,
  type ErrorEntry,
  type ProgramErrorEntry,
} from '@escarp/contract';

const introduction = `# Errors

Every error escarp answers with has one of these codes, over HTTP, over MCP and on the command line. The body is
\`{ error, message, hint, retry, retry_after_s?, details? }\`; the message may be more exact than the one shown here.
\`retry\` says when asking again makes sense: \`never\`, \`later\` without a change, or \`after_fix\`. Match on the code. The command line prints
the last column's words where they differ, because it takes options and not fields.

This page is made from the table in \`packages/contract/src/error-table.ts\`, with its last column from \`error-words.ts\`, by \`pnpm docs\`.
`;

const programIntroduction = `## Errors that end a program

These never come over HTTP or MCP. They end the command line or the daemon, whose exit code tells them apart as far as it
goes; with \`--json\` the code is in the document. The table is in \`packages/contract/src/program-errors.ts\`.
`;

const programTitles = ['code', 'exit', 'retry', 'message', 'next step'];

const titles = ['code', 'HTTP', 'exit', 'retry', 'message', 'next step', 'on the command line'];

/** The table of errors as the Markdown of `docs/errors.md`, laid out as prettier would. */
export function errorsPage(): string {
  const rows = Object.entries<ErrorEntry>(errorTable).map(([code, entry]) => [
    `\`${code}\``,
    String(entry.status),
    String(entry.exit),
    `\`${entry.retry}\``,
    entry.message,
    entry.hint,
    isErrorCode(code) && errorWords(code, 'cli').hint !== entry.hint ? errorWords(code, 'cli').hint : '',
  ]);
  const programRows = Object.entries<ProgramErrorEntry>(programErrors).map(([code, entry]) => [
    `\`${code}\``,
    String(entry.exit),
    `\`${entry.retry}\``,
    entry.message,
    entry.hint,
  ]);
  return `${introduction}\n${table([titles, ...rows])}\n\n${programIntroduction}\n${table([programTitles, ...programRows])}\n`;
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = '', ...body] = rows.map(line);
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [head, rule, ...body].join('\n');
}
