import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { LoginVault, packLogins, unpackLogins } from '../src/index.js';
import type { SavedLogin } from '../src/index.js';
import { sealWithPassphrase } from '../src/key/passphrase.js';
import { canary, openVault, sampleLogin, vaultFolder } from './vault-fixture.js';

const passphrase = 'correct horse battery';

describe('an archive of saved logins', () => {
  let archive: Uint8Array;

  beforeAll(async () => {
    archive = await packed('shop', 'bank');
  });

  test('opens with its passphrase in another vault, and shows nothing without', async () => {
    expect(Buffer.from(archive).toString('latin1')).not.toContain(canary);
    const vault = openVault(vaultFolder());
    await vault.adopt(await unpackLogins(archive, passphrase), { isReplacing: false });
    expect(await vault.names()).toEqual(['bank', 'shop']);
    expect((await vault.open('shop')).state).toEqual(sampleLogin('shop').state);
  });

  test('is refused with another passphrase, and when it was changed or cut', async () => {
    expect(await refusal(archive, 'correct horse staple')).toBe('login_archive_refused');
    const changed = Buffer.from(archive);
    changed[changed.length - 20] = (changed[changed.length - 20] ?? 0) ^ 1;
    expect(await refusal(changed)).toBe('login_archive_refused');
    expect(await refusal(archive.subarray(0, archive.length - 1))).toBe('login_archive_refused');
    expect(await refusal(new Uint8Array())).toBe('login_archive_refused');
    expect(await refusal(Buffer.from('PK\u0003\u0004'))).toBe('login_archive_refused');
  });

  test('is refused for one name that leads elsewhere, and for two that are the same', async () => {
    for (const names of [
      ['shop', '../../etc/passwd'],
      ['shop', 'a/b'],
      ['shop', 'shop'],
    ])
      expect(await refusal(await packed(...names)), names.join(' ')).toBe('login_archive_refused');
  });

  test('is refused with a full login in it, whose profile is not there', async () => {
    const { metadata, state } = sampleLogin('shop');
    const logins = [{ metadata: { ...metadata, form: 'profile' }, state }];
    const made = await sealWithPassphrase(JSON.stringify({ archive: 1, logins }), passphrase, 10);
    expect(await refusal(made)).toBe('login_archive_refused');
  });

  test('is imported whole or not at all', async () => {
    const folder = vaultFolder();
    const vault = openVault(folder);
    await vault.save(sampleLogin('bank', 1), 0);
    const logins = await unpackLogins(archive, passphrase);
    await expect(vault.adopt(logins, { isReplacing: false })).rejects.toMatchObject({ code: 'login_exists' });
    expect(await vault.names()).toEqual(['bank']);
    await vault.adopt(logins, { isReplacing: true });
    expect((await vault.open('bank')).metadata.version).toBe(2);
  });

  test('leaves what was there when one login cannot be written', async () => {
    const folder = vaultFolder();
    await openVault(folder).save(sampleLogin('bank', 1), 0);
    let drafts = 0;
    const key = { identity: () => openKey(folder), place: () => undefined };
    const failing = new LoginVault({
      home: folder.home,
      key,
      newId: () => ((drafts += 1) === 2 ? 'no/where' : `d${drafts}`),
    });
    const logins: SavedLogin[] = [sampleLogin('bank'), sampleLogin('shop')];
    await expect(failing.adopt(logins, { isReplacing: true })).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(join(folder.home, 'logins'))).toEqual(['bank.age']);
    expect((await openVault(folder).open('bank')).metadata.version).toBe(1);
  });
});

async function openKey({ keyFile }: ReturnType<typeof vaultFolder>): Promise<string> {
  return readFileSync(keyFile, 'utf8').trim();
}

async function refusal(archive: Uint8Array, given = passphrase): Promise<unknown> {
  return unpackLogins(archive, given).then(
    () => undefined,
    (error: { code: unknown }) => error.code,
  );
}

/** An archive that is quickly opened. */
function packed(...names: string[]): Promise<Uint8Array> {
  return packLogins(
    names.map((name) => sampleLogin(name)),
    passphrase,
    10,
  );
}
