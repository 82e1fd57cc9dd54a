import { readFile } from 'node:fs/promises';

/** What a page of the documentation tells its reader to write and to type. */
export interface DocsPage {
  /** By the file that the first line of a block names in a comment. */
  readonly files: Readonly<Record<string, string>>;
  /** Each line of every shell block. */
  readonly commands: readonly string[];
}

export async function readDocsPage(name: string): Promise<DocsPage> {
  const text = await readFile(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', block = '']) => ({
    language,
    block,
  }));
  const named = blocks.flatMap(({ block }) => {
    const [, path] = /^\/\/ (\S+\.\w+)\n/.exec(block) ?? [];
    return path === undefined ? [] : [[path, block] as const];
  });
  const shell = blocks.filter(({ language }) => language === 'sh');
  return {
    files: Object.fromEntries(named),
    commands: shell.flatMap(({ block }) => block.trim().split('\n')),
  };
}
