import { AsyncLocalStorage } from 'node:async_hooks';
import { readdirSync, readFileSync } from 'node:fs';
import filesystem from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canary, openVault, sampleLogin, vaultFolder } from './vault-fixture.js';

type Call = (...all: unknown[]) => unknown;

/** A program on a machine that stops: after the last call that is allowed none is made, and none returns. */
interface StoppingRun {
  readonly callsMax: number;
  readonly onStop: () => void;
  calls: number;
  /** Calls that were made, and what closes the files that they opened. */
  readonly made: Promise<unknown>[];
  readonly closing: Call[];
}

/** The run that a call belongs to, so that what goes on beside the call that was stopped is stopped too. */
const runs = new AsyncLocalStorage<StoppingRun>();

/** Every call that changes or reads files counts one. */
function counted(call: Call): Call {
  return (...all) => {
    const run = runs.getStore();
    if (run === undefined) return call(...all);
    run.calls += 1;
    if (run.calls > run.callsMax) {
      run.onStop();
      return new Promise(() => {});
    }
    const made = Promise.resolve(call(...all));
    run.made.push(made.catch(() => {}));
    return made;
  };
}

const functions = ['rename', 'unlink', 'mkdir', 'link', 'rmdir', 'opendir', 'lstat', 'readFile'];
const methods = ['write', 'writeFile', 'sync', 'datasync', 'truncate', 'readFile', 'close'];

/** Counts what everybody does who imports `node:fs/promises`, also those who did so before. Returns what ends it. */
function countCalls(): () => void {
  const disked = filesystem as unknown as Record<string, Call>;
  const real = { ...disked };
  const open = real['open'] as (...all: unknown[]) => Promise<Record<string, Call>>;
  for (const name of functions) disked[name] = counted(real[name]!);
  disked['open'] = counted(async (...all) => {
    const handle = await open(...all);
    runs.getStore()?.closing.push(handle['close']!.bind(handle));
    for (const name of methods) {
      const method = handle[name]?.bind(handle);
      if (method !== undefined) handle[name] = counted(method);
    }
    return handle;
  });
  syncBuiltinESMExports();
  return () => {
    Object.assign(disked, real);
    syncBuiltinESMExports();
  };
}

describe('a machine that stops at any step', () => {
  let countNoMore: () => void;

  beforeAll(() => {
    countNoMore = countCalls();
  });

  afterAll(() => countNoMore());

  async function stoppedAfter(callsMax: number, work: () => Promise<unknown>): Promise<unknown> {
    let onStop = (): void => {};
    const stopped = new Promise<'stopped'>((resolve) => (onStop = () => resolve('stopped')));
    const run: StoppingRun = { callsMax, onStop, calls: 0, made: [], closing: [] };
    const how = await Promise.race([runs.run(run, work), stopped]);
    await Promise.all(run.made);
    // One that is closed already refuses.
    for (const close of run.closing) await Promise.resolve(close()).catch(() => {});
    return how;
  }

  /** Does it in a new folder, stopped before each of its calls in turn, and looks at what is left after each. */
  async function atEachStep(
    work: (vault: ReturnType<typeof openVault>) => Promise<unknown>,
    judge: (left: { home: string; vault: ReturnType<typeof openVault>; before: Buffer }) => Promise<void>,
  ): Promise<number> {
    for (let step = 0; ; step += 1) {
      const folder = vaultFolder();
      const stopping = openVault(folder);
      await stopping.save(sampleLogin('shop'), 0);
      const before = readFileSync(join(folder.home, 'logins', 'shop.age'));
      const how = await stoppedAfter(step, () => work(stopping));
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
