// A process that holds a slot with a spare, or is about to have one, until it is killed. Prints the pid of each browser.
import { randomUUID } from 'node:crypto';
import { createSlotPool } from '../../dist/index.js';

const [, , home, port, binary] = process.argv;
const pool = createSlotPool({
  home,
  shortTmp: home,
  host: { platform: 'linux', isRoot: process.getuid() === 0 },
  ports: { now: Date.now, monotonicMs: () => performance.now(), newId: randomUUID, log: () => {} },
  limits: { spareDelayMs: 0 },
  spares: { availableBytes: () => undefined },
  specOf: (index) => ({
    index,
    port: Number(port),
    tier: 'autonomous',
    headless: true,
    binary,
    wmClass: 'escarp-slot0',
    bounds: { left: 0, top: 0, width: 1200, height: 800 },
    extraArgs: [],
    env: { PATH: process.env.PATH, HOME: home },
  }),
});
const { pid } = await pool.launch(0);
process.stdout.write(`browser ${pid}\n`);
await pool.prepareSpare(0);
process.stdout.write(`spare ${pool.spare(0).pid}\n`);
