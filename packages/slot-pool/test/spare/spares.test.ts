import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portOwner } from '../../src/process/port-owner.js';
import type { SpareFixture } from './spare-fixture.js';
import { isPipe, isRunning, makeSpareFixture, processes, untilStruck } from './spare-fixture.js';

const deadline = { deadlineMs: 60_000 };
const host = { platform: 'linux', isRoot: false } as const;
const onlySlot = (seat: '' | 'b'): string[] => [`profiles/slot-0${seat}`, `tmp/slot-0${seat}`];

describe.runIf(process.platform === 'linux')('a spare', { tags: ['browser'] }, () => {
  let fixture: SpareFixture;

  beforeAll(async () => {
    fixture = await makeSpareFixture();
  });
  afterAll(() => fixture.end());

  /** A slot in its first seat, without a spare. */
  async function atFirst(): Promise<void> {
    await fixture.pool.stop(0);
    await fixture.pool.launch(0);
  }

  /** Whether the lease after this one ends with a spare again. */
  async function isNextSpared(): Promise<boolean> {
    await fixture.withSpare();
    return (await fixture.pool.reset(0, 'recycle', deadline)).isSpare;
  }

  it('waits without its port, and takes the place of the slot’s browser at a recycle', async () => {
    await atFirst();
    const { pool } = fixture;
    const { facts, sparePid } = await fixture.withSpare();
    expect(await portOwner(facts.cdpPort, host)).toMatchObject({ pid: facts.pid });
    expect(await pool.spareMemoryBytes(0)).toBeGreaterThan(1_000_000);
    const holder = connect(facts.cdpPort, '127.0.0.1');
    await once(holder, 'connect');
    // The connection of a browser that was killed may be reset rather than closed.
    holder.on('error', () => {});
    const cut = new Promise((resolve) => holder.once('close', resolve));
    const report = await pool.reset(0, 'recycle', deadline);
    await cut;
    expect(report).toMatchObject({ isSpare: true, policy: 'recycle' });
    expect(report.facts).toMatchObject({ pid: sparePid, cdpPort: facts.cdpPort, relaunchedAt: null });
    expect(await portOwner(facts.cdpPort, host)).toMatchObject({ pid: sparePid });
    expect(pool.spare(0)).toBeUndefined();
    expect(await fixture.processesIn('first')).toEqual([]);
    expect(await fixture.folders()).toEqual(onlySlot('b'));
  });

  it('begins with the slot’s first preferences and its own downloads', async () => {
    const { facts } = await fixture.withSpare();
    const preferences = join(facts.profile, 'Default/Preferences');
    const { download } = JSON.parse(await readFile(preferences, 'utf8')) as {
      download: { default_directory: string };
    };
    expect(download.default_directory).toBe(join(facts.profile, 'Downloads'));
  });

  it('leaves no pipe behind, not even while it waits', async () => {
    await fixture.withSpare();
    const names = (await fixture.folders()).filter((name) => name.startsWith('profiles/'));
    const pipes = names.map((name) =>
      isPipe(join(fixture.home, name.replace('/', '/autonomous/'), 'Default/Preferences')),
    );
    expect(await Promise.all(pipes)).toEqual([false, false]);
  });

  it('is adopted like any browser once it is the slot’s', async () => {
    await fixture.withSpare();
    const { facts } = await fixture.pool.reset(0, 'recycle', deadline);
    const later = fixture.another();
    expect(await later.adopt(0)).toMatchObject({ pid: facts.pid, profile: facts.profile });
    await later.close();
  });

  it('stays while the slot’s browser is replaced for its holder', async () => {
    const { sparePid } = await fixture.withSpare();
    const { pool } = fixture;
    const replaced = await pool.relaunch(0);
    expect(pool.spare(0)).toEqual({ pid: sparePid });
    expect(await pool.reset(0, 'recycle', deadline)).toMatchObject({ facts: { pid: sparePid } });
    expect(await isRunning(replaced.pid)).toBe(false);
  });

  it('that is still being made gives way to a recycle', async () => {
    await atFirst();
    const { pool } = fixture;
    const making = pool.prepareSpare(0);
    const report = await pool.reset(0, 'recycle', deadline);
    await making;
    expect(report.isSpare).toBe(false);
    expect(await fixture.processesIn('second')).toEqual([]);
    expect(await fixture.folders()).toEqual(onlySlot(''));
  });

  it('asked for in the middle of a recycle never gets in the way of the one that is let go', async () => {
    const { sparePid } = await fixture.withSpare();
    const { pool } = fixture;
    const [report] = await Promise.all([pool.reset(0, 'recycle', deadline), pool.prepareSpare(0)]);
    expect(report.facts.pid).toBe(sparePid);
    expect(await isRunning(sparePid)).toBe(true);
    expect(await pool.fault(0, 'thorough')).toBeUndefined();
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'that got %s while it waited costs an ordinary recycle',
    async (signal) => {
      await atFirst();
      const { sparePid } = await fixture.withSpare();
      process.kill(sparePid, signal);
      await untilStruck(sparePid);
      const report = await fixture.pool.reset(0, 'recycle', deadline);
      expect(report.isSpare).toBe(false);
      expect(report.facts.pid).not.toBe(sparePid);
      expect(await fixture.processesIn('second')).toEqual([]);
      expect(await fixture.folders()).toEqual(onlySlot(''));
      expect(await isNextSpared()).toBe(true);
    },
  );

  it('into whose profile something was put is not handed to anybody', async () => {
    await atFirst();
    const { sparePid } = await fixture.withSpare();
    await writeFile(join(fixture.home, 'profiles/autonomous/slot-0b/Downloads/planted'), 'x');
    const report = await fixture.pool.reset(0, 'recycle', deadline);
    expect(report).toMatchObject({ isSpare: false });
    expect(await isRunning(sparePid)).toBe(false);
    expect(await isNextSpared()).toBe(true);
  });

  it('begins on an empty profile, whatever the slot’s holder has put in its place before', async () => {
    await atFirst();
    const place = join(fixture.home, 'profiles/autonomous/slot-0b');
    for (const name of ['Default', 'Downloads']) await mkdir(join(place, name), { recursive: true });
    await writeFile(join(place, 'Default/planted'), 'for the next holder');
    const { sparePid } = await fixture.withSpare();
    const { facts } = await fixture.pool.reset(0, 'recycle', deadline);
    expect(facts.pid).toBe(sparePid);
    expect(await readdir(join(facts.profile, 'Default'))).not.toContain('planted');
  });

  it('ends with its slot, and leaves nothing', async () => {
    await atFirst();
    const { sparePid } = await fixture.withSpare();
    await fixture.pool.stop(0);
    expect(await isRunning(sparePid)).toBe(false);
    expect(await fixture.processesIn('second')).toEqual([]);
    expect(await fixture.folders()).toEqual(['profiles/slot-0']);
  });

  it('ends with the pool, while the slot’s browser lives on', async () => {
    await atFirst();
    const another = fixture.another();
    const facts = await another.adopt(0);
    await another.prepareSpare(0);
    const spare = another.spare(0);
    await another.close();
    expect(spare).toBeDefined();
    expect(await isRunning(spare?.pid ?? 0)).toBe(false);
    expect(await isRunning(facts?.pid ?? 0)).toBe(true);
    expect(await fixture.folders()).toEqual(onlySlot(''));
  });

  it('that was let go by a process that then died is ended by the next, whose slot has one browser', async () => {
    await atFirst();
    const record = join(fixture.home, 'run/slot-0.json');
    const before = await readFile(record);
    const { sparePid } = await fixture.withSpare();
    await fixture.pool.reset(0, 'recycle', deadline);
    await writeFile(record, before);
    const later = fixture.another();
    expect(await later.adopt(0)).toBeUndefined();
    expect(await isRunning(sparePid)).toBe(false);
    const { facts } = await later.reset(0, 'recycle', deadline);
    expect((await processes.find(facts.pid))?.commandLine).toContain('slot-0 ');
    expect(await fixture.folders()).toEqual(onlySlot(''));
    await later.close();
  });
});
