import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleNames } from '../../src/index.js';
import { readPropertyList } from '../../src/darwin/property-list.js';
import { ensureSlotBundle, removeSlotBundle } from '../../src/darwin/slot-bundle.js';
import { verifySignature } from '../../src/darwin/sign-application.js';
import { makeChrome, SOURCE_NAME, type PlistFormat } from './chrome-fixture.js';
import { fakeMac, type FakeMac } from './fake-mac.js';

const helper = (kind: string) =>
  `Contents/Frameworks/${SOURCE_NAME} Framework.framework/Versions/142.0.7444.59/Helpers/${SOURCE_NAME} Helper${kind}.app`;

// Each bundle is some dozens of real files, copied and digested; a busy machine takes its time over them.
describe('a slot’s own application bundle', { timeout: 60_000 }, () => {
  let home: string;
  let mac: FakeMac;
  let executable: string;
  const names = () => bundleNames(home, 3);
  const ensure = (verifyExisting = true) =>
    ensureSlotBundle(home, 3, executable, { run: mac.run, verifyExisting });
  const info = (inside = '') => readPropertyList(join(names().path, inside, 'Contents', 'Info.plist'));
  const useChrome = async (format: PlistFormat, version?: string) => {
    await rm(join(home, 'source'), { recursive: true, force: true });
    executable = await makeChrome(join(home, 'source'), format, version);
  };

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'escarp-id-'));
    mac = fakeMac();
    await useChrome('xml');
  });
  afterEach(async () => rm(home, { recursive: true }));

  test.each<PlistFormat>(['xml', 'binary'])(
    'has the slot’s identifier, names and executable, from an Info.plist in %s',
    async (format) => {
      await useChrome(format);
      const { executablePath } = await ensure();
      expect(await info()).toEqual({
        CFBundleIdentifier: 'dev.escarp.chrome.slot3',
        CFBundleExecutable: 'Escarp Chrome Slot 3',
        CFBundleName: 'Escarp Chrome Slot 3',
        CFBundleDisplayName: 'Escarp Chrome Slot 3',
        CFBundleIconFile: 'app.icns',
        CFBundlePackageType: 'APPL',
        CFBundleShortVersionString: '142.0.7444.59',
        LSEnvironment: { MallocNanoZone: '0' },
        LSFileQuarantineEnabled: true,
        LSHasLocalizedDisplayName: false,
        LSMinimumSystemVersion: '12.0',
        NSAppTransportSecurity: { NSAllowsArbitraryLoads: true },
        NSPrincipalClass: 'BrowserCrApplication',
      });
      expect(existsSync(executablePath)).toBe(true);
      expect(await readdir(join(names().path, 'Contents', 'MacOS'))).toEqual(['Escarp Chrome Slot 3']);
    },
  );

  test.each<PlistFormat>(['xml', 'binary'])(
    'has helpers that belong to it and keep the executables that Chrome looks for (%s)',
    async (format) => {
      await useChrome(format);
      await ensure();
      expect(await info(helper(''))).toMatchObject({
        CFBundleIdentifier: 'dev.escarp.chrome.slot3.helper',
        CFBundleName: 'Escarp Chrome Slot 3 Helper',
        CFBundleExecutable: `${SOURCE_NAME} Helper`,
      });
      expect(await info(helper(' (Renderer)'))).toMatchObject({
        CFBundleIdentifier: 'dev.escarp.chrome.slot3.helper.renderer',
        CFBundleDisplayName: 'Escarp Chrome Slot 3 Helper (Renderer)',
        LSUIElement: '1',
      });
    },
  );

  test('is signed from the inside out, and nothing in it changes after', async () => {
    await ensure();
    await verifySignature(names().path, mac.run);
    const signed = mac.commands
      .filter(([command, flag]) => command === '/usr/bin/codesign' && flag === '--force')
      .flatMap((command) => command.slice(4))
      .map((path) => path.split('.building.app')[1]);
    const renderer = signed.findIndex((path) => path?.endsWith('Helper (Renderer).app'));
    const framework = signed.findIndex((path) => path?.endsWith('Framework.framework'));
    expect(renderer).toBeGreaterThanOrEqual(0);
    expect(framework).toBeGreaterThan(renderer);
    expect(signed.at(-1)).toBe('');
    expect(signed.some((path) => path?.endsWith('libEGL.dylib'))).toBe(true);
    expect(signed.some((path) => path?.endsWith('chrome_crashpad_handler'))).toBe(true);
    expect(signed.some((path) => path?.includes('/Versions/Current/'))).toBe(false);
    expect(signed.some((path) => path?.includes('/MacOS/'))).toBe(false);
  });

  test('leaves the browser it was made from as it was', async () => {
    const before = await readFile(join(home, 'source', `${SOURCE_NAME}.app`, 'Contents', 'Info.plist'));
    await ensure();
    expect(await readFile(join(home, 'source', `${SOURCE_NAME}.app`, 'Contents', 'Info.plist'))).toEqual(
      before,
    );
  });

  test('is cloned on write where that works, and copied where it does not', async () => {
    await ensure();
    expect(mac.commands[0]?.slice(0, 4)).toEqual(['/bin/cp', '-c', '-R', '-p']);
    mac.apfs = false;
    mac.commands.length = 0;
    await removeSlotBundle(home, 3, mac.run);
    await ensure();
    expect(mac.commands.filter(([command]) => command === '/bin/cp').map((command) => command[1])).toEqual([
      '-c',
      '-R',
    ]);
    await verifySignature(names().path, mac.run);
  });

  test('is built once: again asked for, it is only looked at', async () => {
    await ensure();
    mac.commands.length = 0;
    await ensure(false);
    expect(mac.commands).toEqual([]);
    await ensure(true);
    expect(mac.commands.map(([command, flag]) => `${command} ${flag}`)).toEqual([
      '/usr/bin/codesign --verify',
    ]);
  });

  test('is refreshed when the browser’s version changes', async () => {
    await ensure();
    await useChrome('xml', '143.0.7500.1');
    await ensure(false);
    expect(await info()).toMatchObject({ CFBundleShortVersionString: '143.0.7500.1' });
    await verifySignature(names().path, mac.run);
    expect(await readdir(join(home, 'cua-apps'))).toEqual(['Escarp Chrome Slot 3.app']);
  });

  test('is built anew when somebody has changed it', async () => {
    await ensure();
    const icon = join(names().path, 'Contents', 'Resources', 'app.icns');
    await writeFile(icon, 'tampered');
    await ensure(true);
    expect(await readFile(icon, 'utf8')).toBe('icns');
    await verifySignature(names().path, mac.run);
  });

  test('interrupted at any command, is either whole or not there, and is whole after the next try', async () => {
    await ensure();
    const steps = mac.commands.length;
    for (let step = 0; step < steps; step += 1) {
      await removeSlotBundle(home, 3, mac.run);
      let count = 0;
      mac.before = () => {
        if (count === step) throw new Error('crash');
        count += 1;
        return undefined;
      };
      await expect(ensure()).rejects.toThrow('crash');
      mac.before = () => undefined;
      if (existsSync(names().path)) await verifySignature(names().path, mac.run);
      await ensure();
      await verifySignature(names().path, mac.run);
      expect(await readdir(join(home, 'cua-apps'))).toEqual(['Escarp Chrome Slot 3.app']);
    }
  });

  test('of the former version stays in place until the new one is whole', async () => {
    await ensure();
    await useChrome('xml', '143.0.7500.1');
    mac.before = ([command, flag]) =>
      command === '/usr/bin/codesign' && flag === '--force'
        ? { exitCode: 1, stdout: '', stderr: 'errSecInternalComponent' }
        : undefined;
    await expect(ensure()).rejects.toMatchObject({
      code: 'bundle_signature_invalid',
      message: expect.stringContaining('errSecInternalComponent'),
    });
    expect(await info()).toMatchObject({ CFBundleShortVersionString: '142.0.7444.59' });
    await verifySignature(names().path, mac.run);
  });

  test('goes with its slot, and can be removed twice', async () => {
    await ensure();
    await removeSlotBundle(home, 3, mac.run);
    await removeSlotBundle(home, 3, mac.run);
    expect(await readdir(join(home, 'cua-apps'))).toEqual([]);
  });

  test('cannot be made of a browser that is no application', async () => {
    executable = '/usr/local/bin/chrome';
    await expect(ensure()).rejects.toMatchObject({ code: 'bundle_clone_failed' });
  });

  test('cannot be made of an application whose Info.plist is broken', async () => {
    await writeFile(join(home, 'source', `${SOURCE_NAME}.app`, 'Contents', 'Info.plist'), 'bplist00garbage');
    await expect(ensure()).rejects.toMatchObject({ code: 'bundle_clone_failed' });
  });
});
