import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import stringWidth from 'string-width';
import { markdownLines } from '../../src/print/markdown.js';

const terminal = (columns: number) => ({ columns, colours: false, unicode: true });
const sample = `# A **page**

Text that goes on
over lines, with \`code\` and a [link](other.md).

- an item that
  goes on
- another

| a | b |
| --- | --- |
| \`x\` | y \\| z |

\`\`\`sh
kept   as it is
\`\`\`
`;

describe('a page on a terminal', () => {
  it('has its text wrapped, its marks taken away and its code kept', () => {
    expect(markdownLines(sample, terminal(30))).toEqual([
      'A page',
      '',
      'Text that goes on over lines,',
      'with code and a link.',
      '',
      '- an item that goes on',
      '',
      '- another',
      '',
      'a  b',
      'x  y | z',
      '',
      '  kept   as it is',
    ]);
  });

  const folder = fileURLToPath(new URL('../../../../docs/', import.meta.url));
  const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
  it.each(pages)('%s fits 50 columns, but for its code', (name) => {
    const text = readFileSync(`${folder}${name}`, 'utf8');
    const wide = markdownLines(text, terminal(50)).filter(
      (line) => stringWidth(line) > 50 && !line.startsWith('  '),
    );
    expect(wide).toEqual([]);
  });
});
