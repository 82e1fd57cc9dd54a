import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command, Instant, OwnedState, RegistryEvent } from '@escarp/lease-registry';
import { defaultLimits, emptyState, recover, snapshotOf, step } from '@escarp/lease-registry';
import { makeTempHome } from '@escarp/test-support';
import type { Journal } from '../../src/journal/journal.js';
import { openJournal } from '../../src/journal/journal.js';
import { restated } from '../../src/journal/restated.js';

/** A registry that emits real events: leases come and go on one slot. */
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

/** A journal folder with its mark, in which journals of one past can be opened, damaged and put back. */
/** A journal of the folder's own past, whose state it takes its snapshots of. */
export interface TestJournal extends Omit<Journal, 'append'> {
  append(events: readonly RegistryEvent[]): Promise<void>;
}

export class JournalFolder {
  past = new Past();
  readonly home: string;
  readonly path: string;
  private readonly removeHome: () => Promise<void>;
  private readonly opened: Journal[] = [];

  private constructor(home: string, remove: () => Promise<void>) {
    this.home = home;
    this.path = join(home, 'journal');
    this.removeHome = remove;
  }

  static async make(): Promise<JournalFolder> {
    const { path, remove } = await makeTempHome();
    const folder = new JournalFolder(path, remove);
    await mkdir(folder.path, { mode: 0o700 });
    return folder;
  }

  async open(segmentBytesMax = 1_000_000, hasPast = false): Promise<TestJournal> {
    const now = { monotonicMs: 0, wallMs: Date.now() };
    const journal = await openJournal({
      folder: this.path,
      newId: randomUUID,
      wallMs: Date.now,
      segmentBytesMax,
      hasPast,
      restate: ({ snapshot, events }, history, revision) =>
        restated(snapshotOf(recover(defaultLimits, snapshot, events, now)), history, revision, now.wallMs),
    });
    this.opened.push(journal);
    return { ...journal, append: (events) => journal.append(events, () => snapshotOf(this.past.state)) };
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((journal) => journal.close().catch(() => {})));
  }

  /** Names of the files, in order. */
  async files(): Promise<string[]> {
    return (await readdir(this.path)).toSorted();
  }

  /** Everything a crash would leave, to be restored as often as a test likes. */
  async keep(): Promise<() => Promise<void>> {
    const files = await Promise.all(
      (await this.files()).map(async (name) => [name, await readFile(join(this.path, name))] as const),
    );
    return async () => {
      await this.close();
      await rm(this.path, { recursive: true });
      await mkdir(this.path, { mode: 0o700 });
      for (const [name, bytes] of files) await writeFile(join(this.path, name), bytes, { mode: 0o600 });
    };
  }

  /** A copy of the folder, as a backup makes it. */
  async backUp(to: string): Promise<void> {
    await cp(this.path, join(this.home, to), { recursive: true });
  }

  async remove(): Promise<void> {
    await this.close();
    await this.removeHome();
  }
}

export function recovered({ snapshot, events }: Pick<Journal, 'snapshot' | 'events'>): OwnedState {
  return recover(defaultLimits, snapshot, events, { monotonicMs: 0, wallMs: 0 });
}
