import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { canary, openVault, sampleLogin, vaultFolder } from './vault-fixture.js';

type Call = (...all: unknown[]) => unknown;

/** Every call that changes or reads files counts one. After the last that is allowed none is made, and none returns. */
const disk = vi.hoisted(() => ({
  calls: 0,
  callsMax: Infinity,
  onStop: () => {},
  /** What closes the files that were opened. */
  closing: [] as Call[],
}));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<Record<string, unknown>>();
  const counted =
    (call: Call): Call =>
    (...all) => {
      disk.calls += 1;
      if (disk.calls <= disk.callsMax) return call(...all);
      disk.onStop();
      return new Promise(() => {});
    };
  const methods = ['write', 'writeFile', 'sync', 'datasync', 'truncate', 'readFile', 'close'];
  const open = real['open'] as (...all: unknown[]) => Promise<Record<string, Call>>;
  const openCounted = counted(async (...all) => {
    const handle = await open(...all);
    disk.closing.push(handle['close']!.bind(handle));
    for (const name of methods) {
      const method = handle[name]?.bind(handle);
      if (method !== undefined) handle[name] = counted(method);
    }
    return handle;
  });
  const names = ['rename', 'unlink', 'mkdir', 'link', 'rmdir', 'opendir', 'lstat', 'readFile'];
  const replaced = names.map((name) => [name, counted(real[name] as Call)]);
  return { ...real, ...Object.fromEntries(replaced), open: openCounted };
});

describe('a machine that stops at any step', () => {
  beforeEach(() => {
    disk.callsMax = Infinity;
  });

  /** Does it in a new folder, stopped before each of its calls in turn, and looks at what is left after each. */
  async function atEachStep(
    work: (vault: ReturnType<typeof openVault>) => Promise<unknown>,
    judge: (left: { home: string; vault: ReturnType<typeof openVault>; before: Buffer }) => Promise<void>,
  ): Promise<number> {
    for (let step = 0; ; step += 1) {
      disk.callsMax = Infinity;
      const folder = vaultFolder();
      const stopping = openVault(folder);
      await stopping.save(sampleLogin('shop'), 0);
      const before = readFileSync(join(folder.home, 'logins', 'shop.age'));
      disk.calls = 0;
      disk.callsMax = step;
      const stopped = new Promise<'stopped'>((resolve) => (disk.onStop = () => resolve('stopped')));
      const how = await Promise.race([work(stopping), stopped]);
      disk.callsMax = Infinity;
      // One that is closed already refuses.
      for (const close of disk.closing.splice(0)) await Promise.resolve(close()).catch(() => {});
      const vault = openVault(folder);
      await vault.sweep();
      for (const file of readdirSync(folder.home, { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue;
        expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toContain(canary);
        expect(file.name, `after step ${step}`).toMatch(/^(login-key|[a-z]+\.age)$/);
      }
      await judge({ home: folder.home, vault, before });
      if (how !== 'stopped') return step;
    }
  }

  test('while a login is saved leaves the old file to the byte, or the new one whole', async () => {
    const versions = new Set<number>();
    const steps = await atEachStep(
      (vault) => vault.save(sampleLogin('shop', 2), 1),
      async ({ home, vault, before }) => {
        const { version } = (await vault.open('shop')).metadata;
        versions.add(version);
        const isAsBefore = readFileSync(join(home, 'logins', 'shop.age')).equals(before);
        expect(isAsBefore).toBe(version === 1);
      },
    );
    expect(steps).toBeGreaterThan(8);
    expect([...versions]).toEqual([1, 2]);
  });

  test('while a login is renamed loses it under neither name', async () => {
    await atEachStep(
      (vault) => vault.rename('shop', 'market'),
      async ({ vault }) => {
        const names = await vault.names();
        expect(names.length).toBeGreaterThan(0);
        for (const name of names) expect((await vault.open(name)).metadata.name).toBe(name);
      },
    );
  });

  test('while a login is removed leaves it whole or not at all', async () => {
    const steps = await atEachStep(
      (vault) => vault.remove('shop'),
      async ({ vault }) => {
        for (const name of await vault.names()) await vault.open(name);
      },
    );
    expect(steps).toBeGreaterThan(2);
  });
});
