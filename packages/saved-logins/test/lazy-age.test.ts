import { expect, it, vi } from 'vitest';

const age = vi.hoisted(() => ({ isLoaded: false }));

vi.mock('age-encryption', async (load) => {
  age.isLoaded = true;
  return load();
});

it('loads what seals logins when the first one is sealed, and not with the package', async () => {
  const { sealWithPassphrase } = await import('../src/key/passphrase.js');
  await import('../src/index.js');
  expect(age.isLoaded).toBe(false);
  await sealWithPassphrase('secret', 'correct horse battery', 10);
  expect(age.isLoaded).toBe(true);
});
