import {
  errorTable,
  errorWords,
  isErrorCode,
  programErrors,
  type ErrorEntry,
  type ProgramErrorEntry,
} from '@escarp/contract';

const introduction = `# Errors

Every error that escarp reports over HTTP, over MCP or on the command line has one of these codes. The body is
\`{ error, message, hint, retry, retry_after_s?, details? }\`; the message may be more specific than the one shown here.
\`retry\` says when to try again: \`never\`, \`later\` without a change, or \`after_fix\`. Match on the code, not on the
message. The command line takes options instead of fields, so some of its hints differ; they are in the last column.

\`pnpm docs\` generates this page from \`error-table.ts\` and \`error-words.ts\` in \`packages/contract/src\`.
`;

const programIntroduction = `## Errors that end a program

These never come over HTTP or MCP. They end the command line or the daemon, whose exit code tells them apart as far as it
goes; with \`--json\` the code is in the document. The table is in \`packages/contract/src/program-errors.ts\`.
`;

const programTitles = ['code', 'exit', 'retry', 'message', 'next step'];

const titles = ['code', 'HTTP', 'exit', 'retry', 'message', 'next step', 'on the command line'];

/** The error table as the Markdown of `docs/errors.md`, formatted as the formatter would leave it. */
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
