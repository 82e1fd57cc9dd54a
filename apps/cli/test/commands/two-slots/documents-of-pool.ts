import { operations } from '@escarp/transport';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Schema, documentAsAgreed } from '../as-agreed.js';
import { downDocument, logDocument, logsDocument, releaseDocument, scaleDocument } from '../documents.js';
import type { EscarpHome, Json } from '../escarp-home.js';

/** Takes the pool down at last. */
export function documentsOfPool(pool: () => EscarpHome): void {
  describe('a document of a command on a pool that is up', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    beforeAll(() => void (home = pool()));
    const agreed = (schema: Schema, args: readonly string[]): Promise<Json> =>
      documentAsAgreed(home, schema, args);

    it('is as agreed: pool list', async () => {
      expect(await agreed(operations.status.output, ['pool', 'list'])).toMatchObject({ pool_size: 2 });
    });

    it('is as agreed: scale, planned and done', async () => {
      await agreed(scaleDocument, ['scale', '3', '--dry-run']);
      expect(await agreed(scaleDocument, ['scale', '3'])).toMatchObject({ add: [2], dry_run: false });
    });

    it('is as agreed: pool remove, with and without its browser', async () => {
      expect(await agreed(operations.poolRemove.output, ['pool', 'remove', '2'])).not.toHaveProperty('pid');
      await home.json(['pool', 'add', '2']);
      const kept = await agreed(operations.poolRemove.output, ['pool', 'remove', '2', '--keep-chrome']);
      expect(kept).toMatchObject({ pid: expect.any(Number), cdp_port: expect.any(Number) });
    });

    it('is as agreed: release, by its holder and by an operator', async () => {
      await home.json(['acquire', '--holder', 'ada', '--wait', '60']);
      expect((await agreed(releaseDocument, ['release', '--mine']))['released']).toHaveLength(1);
      await home.json(['acquire', '--holder', 'ada', '--dev-port', '3000', '--wait', '60']);
      expect((await agreed(releaseDocument, ['release', '--all']))['released']).toHaveLength(1);
    });

    it('is as agreed: log, of all that happened', async () => {
      const { events } = await agreed(logDocument, ['log']);
      const types = (events as Json[]).map(({ event }) => (event as Json)['type']);
      const seen = ['resource-added', 'resource-free', 'lease-granted', 'lease-ended', 'resource-removed'];
      expect(types).toEqual(expect.arrayContaining(seen));
    });

    it('is as agreed: logs, of the daemon and of a browser', async () => {
      expect((await agreed(logsDocument, ['logs']))['lines']).not.toEqual([]);
      expect((await agreed(logsDocument, ['logs', '--slot', '0']))['lines']).not.toEqual([]);
    });

    it('is as agreed: down', async () => {
      expect(await agreed(downDocument, ['down'])).toMatchObject({ slots_stopped: [0, 1, 2] });
    });
  });
}
