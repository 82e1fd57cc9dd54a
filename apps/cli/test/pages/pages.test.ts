import { format } from 'oxfmt';
import { fileURLToPath } from 'node:url';
import { operations } from '@escarp/transport';
import { expect, it, vi } from 'vitest';
import { program } from '../../src/definitions.js';
import { cliPage } from './cli-page.js';
import { withRoutes } from './http-page.js';

// Separate processes, on machines that have other things to do.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const path = (name: string) => fileURLToPath(new URL(`../../../../docs/${name}`, import.meta.url));

async function tidy(markdown: string): Promise<string> {
  return (await format('page.md', markdown)).code;
}

it('docs/cli.md matches the table of commands (pnpm docs writes it)', async () => {
  await expect(await tidy(cliPage(program))).toMatchFileSnapshot(path('cli.md'));
});

it('docs/http.md lists every operation as it is (pnpm docs writes the tables)', async () => {
  await expect(await tidy(await withRoutes(path('http.md'), Object.values(operations)))).toMatchFileSnapshot(
    path('http.md'),
  );
});
