// The real daemon, with its journal on disk, over slots that are clean at once: what is measured is the broker.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDaemon } from '@escarp/daemon';
import { brokerOptions } from '../subjects/broker-options.js';
import { endWithParent, programOptions, sayReady } from '../program-port.js';

const { slots = 1 } = programOptions();
const home = await mkdtemp(join(tmpdir(), 'escb-'));
const daemon = await startDaemon({ ...(await brokerOptions(home, slots)), version: 'bench' });
endWithParent(async () => {
  await daemon.close();
  await rm(home, { recursive: true, force: true });
});
sayReady({ url: daemon.url, home });
