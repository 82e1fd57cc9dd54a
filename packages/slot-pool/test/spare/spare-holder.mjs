// A process that holds a slot with a spare, or is about to have one, until it is killed. Prints the pid of each browser.
import { createChildPool } from '../child-pool.mjs';

const [, , home, port, binary] = process.argv;
const pool = createChildPool({
  home,
  port: Number(port),
  binary,
  limits: { spareDelayMs: 0 },
  spares: { availableBytes: () => undefined },
});
const { pid } = await pool.launch(0);
process.stdout.write(`browser ${pid}\n`);
await pool.prepareSpare(0);
process.stdout.write(`spare ${pool.spare(0).pid}\n`);
