// The pages that are written from the code say what the code says. Stale ones are renewed, and reported.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fail, run } from './run.mjs';
import { root } from './workspace.mjs';

const before = pages();
await run('npm', ['run', '--silent', 'docs']).catch(fail);
const stale = [...pages()].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
for (const path of stale) console.log(`docs/${path} was out of date and is renewed; commit it.`);
if (stale.length > 0) process.exitCode = 1;

function pages() {
  const files = readdirSync(join(root, 'docs'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(join(root, 'docs/').length), readFileSync(path, 'utf8')];
    }),
  );
}
