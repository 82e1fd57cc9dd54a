import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { packLogins } from '../src/index.js';
import type { SavedLogin } from '../src/index.js';
import { ByteReader } from '../src/profile/byte-reader.js';
import { profileFilesMax } from '../src/profile/profile-limits.js';
import { readProfile } from '../src/profile/read-profile.js';
import { writeProfile } from '../src/profile/write-profile.js';
import { canary, openVault, sampleLogin, vaultFolder } from './vault-fixture.js';

describe('a full login at rest', () => {
  test('is one sealed file, and puts back what sites keep, and nothing else', async () => {
    const folder = vaultFolder();
    await openVault(folder).save(fullLogin(), 0, profileWith(ofSites, ofBrowser));
    const path = join(folder.home, 'logins', 'shop.age');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder.home, 'logins'))).toEqual(['shop.age']);
    expect(readFileSync(path, 'latin1')).not.toContain(canary);
    expect(await openVault(folder).open('shop')).toEqual(fullLogin());
    const next = profileWith({ 'Default/Preferences': 'own', 'Default/IndexedDB/older/000001.log': 'old' });
    await openVault(folder).unpackProfile('shop', 1, next);
    expect(contentOf(next)).toEqual({ ...ofSites, 'Default/Preferences': 'own' });
  });

  test('follows no link out of the profile', async () => {
    const folder = vaultFolder();
    const profile = profileWith(ofSites);
    symlinkSync(folder.home, join(profile, 'Default', 'Storage'));
    await openVault(folder).save(fullLogin(), 0, profile);
    const next = profileWith({});
    await openVault(folder).unpackProfile('shop', 1, next);
    expect(contentOf(next)).toEqual(ofSites);
  });

  test('is refused with any part of it cut off or changed', async () => {
    const folder = vaultFolder();
    await openVault(folder).save(fullLogin(), 0, profileWith({ 'Default/Cookies': 'x'.repeat(200_000) }));
    const path = join(folder.home, 'logins', 'shop.age');
    const whole = readFileSync(path);
    expect((await openVault(folder).list()).logins).toMatchObject([{ name: 'shop', form: 'profile' }]);
    const unpack = () => openVault(folder).unpackProfile('shop', 1, profileWith({}));
    for (const length of [0, 100, 65_000, whole.length - 65_536, whole.length - 1]) {
      truncateSync(path, length);
      await expect(unpack(), `length ${length}`).rejects.toMatchObject({ code: 'login_unreadable' });
      writeFileSync(path, whole);
    }
    const changed = Buffer.from(whole);
    changed[whole.length - 1_000] = (changed[whole.length - 1_000] ?? 0) ^ 1;
    writeFileSync(path, changed);
    await expect(unpack()).rejects.toMatchObject({ code: 'login_unreadable' });
  });

  test('is put back only in the version that was leased', async () => {
    const folder = vaultFolder();
    await openVault(folder).save(fullLogin(), 0, profileWith(ofSites));
    await expect(openVault(folder).unpackProfile('shop', 2, profileWith({}))).rejects.toMatchObject({
      code: 'login_changed',
    });
  });

  test('that is larger than a login may be leaves the one before as it was', async () => {
    const folder = vaultFolder();
    const vault = openVault(folder);
    await vault.save(fullLogin(), 0, profileWith(ofSites));
    const before = readFileSync(join(folder.home, 'logins', 'shop.age'));
    const large = profileWith({ 'Default/Cookies': '' });
    truncateSync(join(large, 'Default', 'Cookies'), 64_000_001);
    await expect(vault.save(fullLogin(2), 1, large)).rejects.toMatchObject({ code: 'login_too_large' });
    expect(readdirSync(join(folder.home, 'logins'))).toEqual(['shop.age']);
    expect(readFileSync(join(folder.home, 'logins', 'shop.age')).equals(before)).toBe(true);
  });

  test('has no more files than a login may have, when it is saved and when it is put back', async () => {
    const two = profileWith({ 'Default/Cookies': 'a', 'Default/IndexedDB/b': 'b' });
    const content = await textOf(readProfile(two, 2));
    await expect(textOf(readProfile(two, 1))).rejects.toMatchObject({ code: 'login_too_large' });
    const putBack = (filesMax: number) => writeProfile(readerOf(content), profileWith({}), filesMax);
    await expect(putBack(1)).rejects.toThrow('malformed');
    await putBack(2);
    expect(profileFilesMax).toBe(20_000);
  });

  test('keeps its profile when it is renamed, and is not exported', async () => {
    const folder = vaultFolder();
    const vault = openVault(folder);
    await vault.save(fullLogin(), 0, profileWith(ofSites));
    await vault.rename('shop', 'market');
    const next = profileWith({});
    await vault.unpackProfile('market', 1, next);
    expect(contentOf(next)).toEqual(ofSites);
    await expect(packLogins([await vault.open('market')], 'correct horse battery')).rejects.toMatchObject({
      code: 'bad_request',
      message: 'market is a full login, which cannot be exported.',
    });
  });

  test.each([
    ['a path that leads out', entry('Default/Cookies/../../../x', 'a')],
    ['an absolute path', entry('/tmp/x', 'a')],
    ['what is not of a site', entry('Default/Preferences', 'a')],
    ['an empty name', entry('Default/IndexedDB//x', 'a')],
    ['a file twice', entry('Default/Cookies', 'a') + entry('Default/Cookies', 'b')],
    ['an early end', '{"path":"Default/Cookies","bytes":10}\nabc'],
    ['more than a login may hold', '{"path":"Default/Cookies","bytes":64000001}\n'],
    ['a size that is none', '{"path":"Default/Cookies","bytes":-1}\n'],
    ['a line without an end', 'x'.repeat(20_000)],
    ['something else', '{}\n'],
  ])('with %s is refused', async (_what, content) => {
    const outside = temporaryFolder();
    const profile = join(outside, 'profile');
    mkdirSync(profile);
    await expect(writeProfile(readerOf(content), profile)).rejects.toThrow('malformed');
    expect(readdirSync(outside)).toEqual(['profile']);
  });
});

const ofSites = {
  'Default/Cookies': canary,
  'Default/IndexedDB/https_shop.example_0.indexeddb.leveldb/000003.log': 'records',
  'Default/Service Worker/Database/CURRENT': 'worker',
};

const ofBrowser = {
  'Default/Cache/Cache_Data/index': 'cached',
  'Default/IndexedDB/https_shop.example_0.indexeddb.leveldb/LOG': 'a log',
  'Default/Preferences': 'of the browser',
  'Crash Reports/1.dmp': 'dump',
  'Local State': 'of the browser',
};

function fullLogin(version = 1): SavedLogin {
  const { metadata, state } = sampleLogin('shop', version);
  return { metadata: { ...metadata, form: 'profile', limitedTo: null }, state };
}

function profileWith(...files: Readonly<Record<string, string>>[]): string {
  const profile = temporaryFolder();
  for (const [path, content] of files.flatMap((each) => Object.entries(each))) {
    mkdirSync(dirname(join(profile, path)), { recursive: true });
    writeFileSync(join(profile, path), content);
  }
  mkdirSync(join(profile, 'Default'), { recursive: true });
  return profile;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'escarp-profile-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function contentOf(profile: string): Record<string, string> {
  const files = readdirSync(profile, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    paths.map((path) => [path.slice(profile.length + 1), readFileSync(path, 'utf8')]),
  );
}

function entry(path: string, content: string): string {
  return `${JSON.stringify({ path, bytes: content.length })}\n${content}`;
}

function readerOf(content: string): ByteReader {
  return new ByteReader(chunksOf(content), () => new Error('malformed'));
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

async function* chunksOf(content: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 7) yield Buffer.from(content.slice(at, at + 7));
}
