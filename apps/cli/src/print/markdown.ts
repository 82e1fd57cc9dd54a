import { wrapped } from './wrapped.js';
import { printable } from './printable.js';
import { styled } from './style.js';
import { renderTable } from './table.js';
import type { Terminal } from './terminal.js';

/** A page of documentation as lines for a terminal: text wrapped, tables fitted, code unchanged. */
export function markdownLines(markdown: string, terminal: Terminal): string[] {
  const lines: string[] = [];
  for (const block of blocksOf(markdown)) lines.push(...render(block, terminal), '');
  return lines.slice(0, -1);
}

type Block = { readonly kind: 'code' | 'table' | 'heading' | 'text'; readonly lines: readonly string[] };

/** One block: fenced code, a table, a heading, a paragraph or one item of a list. */
function blocksOf(markdown: string): Block[] {
  const blocks: { kind: Block['kind']; lines: string[] }[] = [];
  let open = false;
  for (const line of markdown.split('\n')) {
    const last = blocks.at(-1);
    if (line.startsWith('```')) {
      open = !open;
      if (open) blocks.push({ kind: 'code', lines: [] });
    } else if (open) last?.lines.push(line);
    else if (line.trim() === '' || line.startsWith('<!--')) blocks.push({ kind: 'text', lines: [] });
    else if (line.startsWith('#')) blocks.push({ kind: 'heading', lines: [line] });
    else if (line.startsWith('|') && last?.kind === 'table') last.lines.push(line);
    else if (line.startsWith('|')) blocks.push({ kind: 'table', lines: [line] });
    else if (last?.kind !== 'text' || /^ *(-|\d+\.) /.test(line))
      blocks.push({ kind: 'text', lines: [line] });
    else last.lines.push(line);
  }
  return blocks.filter(({ lines }) => lines.length > 0);
}

function render({ kind, lines }: Block, terminal: Terminal): string[] {
  switch (kind) {
    case 'code':
      return lines.map((line) => `  ${printable(line)}`);
    case 'table':
      return table(lines, terminal);
    case 'heading':
      return wrapped(plain(lines.join(' ').replace(/^#+ /, '')), terminal.columns).map((line) =>
        styled(line, 'strong', terminal),
      );
    case 'text':
      return paragraph(lines, terminal);
    default:
      return kind satisfies never;
  }
}

/** The lines of a list item are indented below its bullet. */
function paragraph(lines: readonly string[], { columns }: Terminal): string[] {
  const [, bullet = '', text = ''] =
    /^( *(?:(?:-|\d+\.) )?)([^]*)$/.exec(lines.map((line) => line.trimEnd()).join('\n')) ?? [];
  const indent = ' '.repeat(bullet.length);
  const joined = plain(text.replaceAll(/\s*\n\s*/g, ' '));
  return wrapped(joined, Math.max(8, columns - bullet.length)).map(
    (line, index) => `${index === 0 ? bullet : indent}${line}`,
  );
}

function table([head = '', , ...body]: readonly string[], terminal: Terminal): string[] {
  const rows = body.map(cellsOf);
  const columns = cellsOf(head).map((header, index) => ({
    header,
    value: (row: readonly string[]) => row[index] ?? '',
    rank: 0,
  }));
  return renderTable(columns, rows, terminal);
}

const cellsOf = (line: string): string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => plain(cell.trim().replaceAll(String.raw`\|`, '|')));

/** Without the marks that mean nothing on a terminal; a link keeps its text, and its target if that is an address. */
function plain(text: string): string {
  const links = text.replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, (_, label: string, target: string) =>
    /^https?:/.test(target) ? `${label} (${target})` : label,
  );
  return printable(links.replaceAll(/\*\*|`/g, ''));
}
