// As process 1 of a namespace of its own, recycles a slot again and again, and says how many zombies that adds once the
// pool has found out that nobody reaps them.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChildPool } from '../child-pool.mjs';

const [, , binary, port] = process.argv;
const home = mkdtempSync(join(tmpdir(), 'esc-'));
const pool = createChildPool({ home, port: Number(port), binary });
const zombies = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))).length;
const recycle = () => pool.reset(0, 'recycle', { deadlineMs: 30_000 });
const hasReaper = () =>
  readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('escarp-reaper');
    } catch {
      return false;
    }
  });
await pool.launch(0);
while (!hasReaper()) await recycle();
const before = zombies();
for (let reset = 0; reset < 3; reset++) await recycle();
await pool.stop(0);
const added = zombies() - before;
await pool.close();
rmSync(home, { recursive: true });
process.stdout.write(JSON.stringify({ before, added }));
process.exit(0);
