import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { securityTable } from '../src/security-table.js';

const results = fileURLToPath(new URL('../results', import.meta.url));

it('the published table says what the tests measured', async () => {
  await expect(securityTable(results)).toMatchFileSnapshot('../../../docs/security-table.md');
});
