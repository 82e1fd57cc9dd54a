import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canary, memoryKeychain, openVault, sampleLogin, vaultFolder } from './vault-fixture.js';

describe('a saved login at rest', () => {
  test('is one sealed file for its owner alone, and opens again', async () => {
    const folder = vaultFolder();
    await openVault(folder).save(sampleLogin('shop'), 0);
    const path = join(folder.home, 'logins', 'shop.age');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder.home, 'logins')).mode & 0o777).toBe(0o700);
    expect(readFileSync(path, 'latin1')).toMatch(/^age-encryption\.org\/v1\n/);
    expect(await openVault(folder).open('shop')).toEqual(sampleLogin('shop'));
  });

  test('shows neither its secret nor its sites in any file', async () => {
    const folder = vaultFolder();
    await openVault(folder).save(sampleLogin('shop'), 0);
    for (const file of filesBelow(folder.home)) {
      const bytes = readFileSync(file, 'latin1');
      expect(bytes, file).not.toContain(canary);
      expect(bytes, file).not.toContain('shop.example');
    }
  });

  test('is refused with any bit changed and at any shorter length', async () => {
    const folder = vaultFolder();
    const vault = openVault(folder);
    await vault.save(sampleLogin('shop'), 0);
    const path = join(folder.home, 'logins', 'shop.age');
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, changed);
      await expect(vault.open('shop'), `byte ${at}`).rejects.toMatchObject({ code: 'login_unreadable' });
      writeFileSync(path, whole.subarray(0, at));
      await expect(vault.open('shop'), `length ${at}`).rejects.toMatchObject({ code: 'login_unreadable' });
    }
  });

  test('is refused in the place of another', async () => {
    const folder = vaultFolder();
    const vault = openVault(folder);
    await vault.save(sampleLogin('shop'), 0);
    renameSync(join(folder.home, 'logins', 'shop.age'), join(folder.home, 'logins', 'bank.age'));
    await expect(vault.open('bank')).rejects.toMatchObject({ code: 'login_unreadable' });
  });

  test('is not read through a link', async () => {
    const folder = vaultFolder();
    const vault = openVault(folder);
    await vault.save(sampleLogin('shop'), 0);
    const file = join(folder.home, 'logins', 'shop.age');
    renameSync(file, join(folder.home, 'elsewhere'));
    symlinkSync(join(folder.home, 'elsewhere'), file);
    await expect(vault.open('shop')).rejects.toMatchObject({ code: 'login_unreadable' });
  });

  test('is listed beside files that cannot be opened, whatever these are', async () => {
    const folder = vaultFolder();
    const vault = openVault(folder);
    await vault.save(sampleLogin('shop'), 0);
    const place = (name: string): string => join(folder.home, 'logins', `${name}.age`);
    symlinkSync(place('shop'), place('link'));
    mkdirSync(place('folder'));
    execFileSync('mkfifo', [place('pipe')]);
    const { logins, unreadable } = await vault.list();
    expect(logins.map(({ name }) => name)).toEqual(['shop']);
    expect(unreadable.map(({ name }) => name)).toEqual(['folder', 'link', 'pipe']);
  });

  test('is unknown when it was never saved, and can be removed without a key', async () => {
    const folder = vaultFolder();
    const vault = openVault(folder);
    await expect(vault.open('shop')).rejects.toMatchObject({ code: 'login_unknown' });
    await vault.save(sampleLogin('shop'), 0);
    await openVault(folder, { given: 'a passphrase of no key' }).remove('shop');
    expect(await vault.names()).toEqual([]);
  });

  test('is written only over the version that was read', async () => {
    const vault = openVault(vaultFolder());
    await vault.save(sampleLogin('shop', 1), 0);
    await expect(vault.save(sampleLogin('shop', 1), 0)).rejects.toMatchObject({ code: 'login_changed' });
    const both = await Promise.allSettled([
      vault.save(sampleLogin('shop', 2), 1),
      vault.save(sampleLogin('shop', 2), 1),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('keeps all but its name when it is renamed, and takes nobody else’s', async () => {
    const vault = openVault(vaultFolder());
    await vault.save(sampleLogin('shop'), 0);
    await vault.save(sampleLogin('bank'), 0);
    await expect(vault.rename('shop', 'bank')).rejects.toMatchObject({ code: 'login_exists' });
    await vault.rename('shop', 'market');
    expect(await vault.names()).toEqual(['bank', 'market']);
    expect((await vault.open('market')).state).toEqual(sampleLogin('shop').state);
  });

  test('cannot have a name that leads anywhere else', async () => {
    const folder = vaultFolder();
    const vault = openVault(folder);
    const names = [
      '',
      '.',
      '..',
      '../x',
      'a/b',
      'a\\b',
      'A',
      'a..b',
      'a\0',
      'a\n',
      '-a',
      'a.',
      'ü',
      'x'.repeat(65),
    ];
    for (const name of names)
      await expect(vault.save(sampleLogin(name), 0), name).rejects.toMatchObject({ code: 'bad_request' });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (name) => {
        if (/^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/.test(name) && !name.includes('..')) return;
        await expect(vault.open(name)).rejects.toMatchObject({ code: 'bad_request' });
      }),
    );
    expect(readdirSync(folder.home)).not.toContain('logins');
  });
});

describe('the key of saved logins', () => {
  test('is kept by a keychain that answers, and then in no file', async () => {
    const folder = vaultFolder();
    const kept = { secret: null };
    await openVault(folder, { keychain: memoryKeychain(kept) }).save(sampleLogin('shop'), 0);
    expect(kept.secret).toMatch(/^AGE-SECRET-KEY-1/);
    expect(readdirSync(folder.home)).toEqual(['logins']);
  });

  test('is kept in a file outside the vault where no keychain answers', async () => {
    const folder = vaultFolder();
    const keychain = memoryKeychain({ secret: null, isLocked: true });
    await openVault(folder, { keychain }).save(sampleLogin('shop'), 0);
    expect(statSync(folder.keyFile).mode & 0o777).toBe(0o600);
  });

  test('is never made anew beside logins that it would not open', async () => {
    const folder = vaultFolder();
    const kept = { secret: null, isLocked: false };
    const keychain = memoryKeychain(kept);
    await openVault(folder, { keychain }).save(sampleLogin('shop'), 0);
    kept.isLocked = true;
    const locked = openVault(folder, { keychain });
    await expect(locked.open('shop')).rejects.toMatchObject({ code: 'login_key_missing' });
    await expect(locked.save(sampleLogin('bank'), 0)).rejects.toMatchObject({ code: 'login_key_missing' });
    expect(readdirSync(folder.home)).toEqual(['logins']);
  });

  test('can be sealed with a passphrase, and is refused with another and without', async () => {
    const folder = vaultFolder();
    await openVault(folder, { given: 'correct horse battery' }).save(sampleLogin('shop'), 0);
    expect(readFileSync(`${folder.keyFile}.age`, 'utf8')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
    expect(await openVault(folder, { given: 'correct horse battery' }).open('shop')).toEqual(
      sampleLogin('shop'),
    );
    for (const given of ['correct horse staple', undefined])
      await expect(openVault(folder, { given }).open('shop')).rejects.toMatchObject({
        code: 'login_key_missing',
      });
  });

  test('can be an identity from the environment; another one opens nothing', async () => {
    const folder = vaultFolder();
    const made = { secret: null as string | null };
    await openVault(folder, { keychain: memoryKeychain(made) }).save(sampleLogin('shop'), 0);
    const other = { secret: null as string | null };
    await openVault(vaultFolder(), { keychain: memoryKeychain(other) }).save(sampleLogin('shop'), 0);
    expect(await openVault(folder, { given: made.secret ?? '' }).open('shop')).toEqual(sampleLogin('shop'));
    const wrong = openVault(folder, { given: other.secret ?? '' });
    await expect(wrong.open('shop')).rejects.toMatchObject({ code: 'login_unreadable' });
    expect((await wrong.list()).unreadable).toMatchObject([{ name: 'shop' }]);
  });

  test('is refused from a file that others can read, and from a link', async () => {
    const folder = vaultFolder();
    await openVault(folder).save(sampleLogin('shop'), 0);
    chmodSync(folder.keyFile, 0o640);
    await expect(openVault(folder).open('shop')).rejects.toMatchObject({ code: 'login_key_missing' });
    chmodSync(folder.keyFile, 0o600);
    renameSync(folder.keyFile, `${folder.keyFile}-moved`);
    symlinkSync(`${folder.keyFile}-moved`, folder.keyFile);
    await expect(openVault(folder).open('shop')).rejects.toMatchObject({ code: 'login_key_missing' });
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
