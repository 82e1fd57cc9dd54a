import { readFile } from 'node:fs/promises';
import type { Operation } from '@escarp/transport';
import { openApi } from '@escarp/transport';

const begin = '<!-- made by pnpm docs from packages/transport/src/operations -->';
const end = '<!-- until here -->';

/** The page with the part between the two marks generated again. */
export async function withRoutes(page: string, operations: readonly Operation[]): Promise<string> {
  const text = await readFile(page, 'utf8');
  const [before = ''] = text.split(begin);
  const [, after = ''] = text.split(end);
  const rows = operations.map(
    (operation) =>
      `| \`${operation.method} ${operation.path}\` | ${fieldsOf(operation)} | ${operation.summary.replaceAll('|', '/')} |`,
  );
  const table = ['| route | body | what it does |', '| --- | --- | --- |', ...rows].join('\n');
  return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}

/** Names in the body, as the wire spells them; optional ones have a question mark. */
function fieldsOf({ method, path }: Operation): string {
  const document: unknown = openApi('0');
  const steps = ['paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'];
  const schema = steps.reduce(member, document);
  const properties = member(schema, 'properties');
  const required = member(schema, 'required');
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.keys(typeof properties === 'object' && properties !== null ? properties : {})
    .map((name) => `\`${name}${needed.includes(name) ? '' : '?'}\``)
    .join(', ');
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}
