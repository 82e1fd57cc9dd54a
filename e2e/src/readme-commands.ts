import { readFile } from 'node:fs/promises';

const readme = new URL('../../README.md', import.meta.url);

/** The commands that a section of the README shows, each as a user would copy it. */
export async function readmeCommands(heading: string): Promise<string[]> {
  const text = await readFile(readme, 'utf8');
  const [, section = ''] = text.split(new RegExp(`^## ${heading}$`, 'm'));
  const [body = ''] = section.split(/^## /m);
  return [...body.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '')),
  );
}
