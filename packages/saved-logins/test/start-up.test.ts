import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

it('loads what seals logins when one is sealed or opened, and not with the package', async () => {
  const built = await readFile(new URL('../dist/index.js', import.meta.url), 'utf8');
  expect(built).not.toMatch(/^import\b.*["']age-encryption["']/m);
  expect(built).toMatch(/\bimport\(["']age-encryption["']\)/);
});
