import { randomUUID } from 'node:crypto';
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Command, Instant, OwnedState, RegistryEvent } from '@escarp/lease-registry';
import { defaultLimits, emptyState, recover, snapshotOf, step } from '@escarp/lease-registry';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Journal } from '../../src/journal/journal.js';
import { openJournal } from '../../src/journal/journal.js';
import { readJournal } from '../../src/index.js';

/** A registry whose events are real: leases come and go on one slot. */
class Past {
  readonly state: OwnedState = emptyState(defaultLimits);
  private now: Instant = { monotonicMs: 0, wallMs: 1_700_000_000_000 };
  private leases = 0;

  begin(): RegistryEvent[] {
    return [...this.run({ type: 'added', key: 'slot-0' }), ...this.complete('ready')];
  }

  /** One lease from grant to clean slot: three events. */
  cycle(): RegistryEvent[] {
    const tokenDigest = `digest-${++this.leases}`;
    const scope = { holder: 'Zoë 🦊' };
    const asked = { requestId: `r-${this.leases}`, anonymous: true, leaseId: `l-${this.leases}` };
    return [
      ...this.run({ type: 'acquire', ...asked, tokenDigest, scope, selector: {} }),
      ...this.run({ type: 'release', tokenDigest }),
      ...this.complete('reset-done'),
    ];
  }

  private complete(type: 'ready' | 'reset-done'): RegistryEvent[] {
    const fence = this.state.resources.get('slot-0')?.fence ?? 0;
    return this.run({ type, key: 'slot-0', fence });
  }

  private run(command: Command): RegistryEvent[] {
    this.now = { monotonicMs: this.now.monotonicMs + 1, wallMs: this.now.wallMs + 1 };
    return [...step(this.state, command, this.now).events];
  }
}

describe('a journal', () => {
  let home: string;
  let folder: string;
  let remove: () => Promise<void>;
  let past: Past;
  const opened: Journal[] = [];

  beforeEach(async () => {
    ({ path: home, remove } = await makeTempHome());
    folder = join(home, 'journal');
    await mkdir(folder, { mode: 0o700 });
    past = new Past();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((journal) => journal.close().catch(() => {})));
    await remove();
  });

  const open = async (segmentBytesMax = 1_000_000, at = folder): Promise<Journal> => {
    const snapshot = () => snapshotOf(past.state);
    const journal = await openJournal({ folder: at, newId: randomUUID, snapshot, segmentBytesMax });
    opened.push(journal);
    return journal;
  };
  const segments = async (): Promise<string[]> => (await readdir(folder)).toSorted();
  const recovered = ({ snapshot, events }: Journal) =>
    snapshotOf(recover(defaultLimits, snapshot, events, { monotonicMs: 0, wallMs: 0 }));

  it('gives back after a restart what was appended, text beyond ASCII included', async () => {
    const journal = await open();
    await journal.append(past.begin());
    await journal.append(past.cycle());
    await journal.close();
    expect(recovered(await open())).toEqual(snapshotOf(past.state));
  });

  it('is readable by its owner alone', async () => {
    await (await open()).append(past.begin());
    for (const name of await segments()) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });

  it('cut at any byte recovers every record before the cut and goes on from there', async () => {
    const journal = await open();
    const events = [...past.begin(), ...past.cycle().slice(0, 1)];
    for (const event of events) await journal.append([event]);
    const [name = ''] = await segments();
    const whole = await readFile(join(folder, name));
    const copy = join(home, 'copy');
    for (let length = 0; length <= whole.length; length++) {
      await mkdir(copy);
      await writeFile(join(copy, name), whole.subarray(0, length));
      const wholeLines = whole.subarray(0, length).filter((byte) => byte === 10).length;
      const cut = await open(1_000_000, copy);
      expect(cut.events).toEqual(events.slice(0, wholeLines));
      await cut.append(events.slice(wholeLines));
      await cut.close();
      expect(await readJournal(copy)).toEqual(events);
      await rm(copy, { recursive: true });
    }
  }, 60_000);

  it('refuses damage before records that are whole, and changes nothing then', async () => {
    const journal = await open();
    for (const event of [...past.begin(), ...past.cycle()]) await journal.append([event]);
    const [name = ''] = await segments();
    const path = join(folder, name);
    const bytes = await readFile(path);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await expect(open()).rejects.toMatchObject({ code: 'journal_corrupt' });
    expect(await readFile(path)).toEqual(bytes);
  });

  it('begins a new segment with a snapshot when one is full, and keeps the one before', async () => {
    const journal = await open(2_000);
    await journal.append(past.begin());
    for (let cycles = 0; cycles < 40; cycles++) await journal.append(past.cycle());
    expect(await segments()).toHaveLength(2);
    await journal.close();
    expect(recovered(await open())).toEqual(snapshotOf(past.state));
  });

  it('does not begin a segment at every append when the snapshot alone is larger than a segment', async () => {
    const journal = await open(3_000);
    await journal.append(past.begin());
    // What ended leases leave in the state makes the snapshot larger than that.
    for (let cycles = 0; cycles < 60; cycles++) await journal.append(past.cycle());
    const begun = new Set<string>();
    for (let cycles = 0; cycles < 10; cycles++) {
      await journal.append(past.cycle());
      begun.add((await segments()).at(-1) ?? '');
    }
    expect(begun.size).toBeGreaterThan(1);
    expect(begun.size).toBeLessThan(8);
  });

  it('refuses a later segment without its snapshot', async () => {
    const journal = await open(500);
    await journal.append(past.begin());
    for (let cycles = 0; cycles < 5; cycles++) await journal.append(past.cycle());
    const newest = (await segments()).at(-1) ?? '';
    await truncate(join(folder, newest), 0);
    await expect(open()).rejects.toMatchObject({ code: 'journal_corrupt' });
  });

  it('deletes the draft of a segment that a crash left', async () => {
    await writeFile(join(folder, '000000000000009.log.x.tmp'), 'half a snapsh');
    await open();
    expect(await segments()).toEqual(['000000000000000.log']);
  });

  it('reads from a revision on, and says when that revision is gone', async () => {
    const journal = await open(2_000);
    await journal.append(past.begin());
    for (let cycles = 0; cycles < 40; cycles++) await journal.append(past.cycle());
    const oldest = journal.oldestRevision();
    expect(oldest).toBeGreaterThan(1);
    const all = await journal.read(oldest);
    expect(all?.map(({ revision }) => revision)).toEqual(
      Array.from({ length: past.state.revision - oldest + 1 }, (_, at) => oldest + at),
    );
    expect(await journal.read(past.state.revision)).toHaveLength(1);
    expect(await journal.read(past.state.revision + 1)).toEqual([]);
    expect(await journal.read(oldest - 1)).toBeUndefined();
  });

  it('reads an event once that a failed write brought in twice', async () => {
    const journal = await open();
    const events = past.begin();
    await journal.append(events);
    await journal.append([...events, ...past.cycle()]);
    const revisions = (await journal.read(1))?.map(({ revision }) => revision);
    expect(revisions).toEqual([1, 2, 3, 4, 5]);
  });

  it('recovers from what another process left behind its last whole record', async () => {
    const journal = await open();
    await journal.append(past.begin());
    await journal.close();
    const [name = ''] = await segments();
    await appendFile(join(folder, name), '0badc0de {"revision":3');
    const again = await open();
    await again.append(past.cycle());
    expect(await readJournal(folder)).toHaveLength(5);
  });

  it.skipIf(process.getuid?.() === 0)('in a folder that cannot be written says so', async () => {
    await chmod(folder, 0o500);
    await expect(open()).rejects.toMatchObject({ code: 'state_directory_unusable' });
    await chmod(folder, 0o700);
  });

  it('whose folder is gone says that the state directory is unusable', async () => {
    await expect(open(1_000, join(home, 'nowhere'))).rejects.toMatchObject({
      code: 'state_directory_unusable',
    });
  });

  it('survives being copied while it is closed', async () => {
    const journal = await open();
    await journal.append(past.begin());
    await journal.close();
    await cp(folder, join(home, 'backup'), { recursive: true });
    expect(recovered(await open(1_000, join(home, 'backup')))).toEqual(snapshotOf(past.state));
  });
});
