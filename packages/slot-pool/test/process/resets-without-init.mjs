// As process 1 of a namespace of its own, recycles a slot again and again, and says how many zombies that adds once the
// pool has found out that nobody reaps them.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orphansAreReaped } from '@escarp/child-process';
import { createChildPool } from '../child-pool.mjs';

const [, , binary, port] = process.argv;
const home = mkdtempSync(join(tmpdir(), 'esc-'));
const pool = createChildPool({ home, port: Number(port), binary });
const zombies = () => processFiles('stat').filter((stat) => /\) Z /.test(stat)).length;
const recycle = () => pool.reset(0, 'recycle', { deadlineMs: 30_000 });
const hasReaper = () => processFiles('cmdline').some((words) => words.includes('escarp-reaper'));
await pool.launch(0);
await recycle();
// As long as the pool takes to find out, which keeps no program from ending. A browser that is replaced meanwhile shows
// nothing that this one has not shown.
const awake = setInterval(() => {}, 1_000);
await orphansAreReaped();
clearInterval(awake);
while (!hasReaper()) await recycle();
const before = zombies();
for (let reset = 0; reset < 3; reset++) await recycle();
await pool.stop(0);
const added = zombies() - before;
await pool.close();
rmSync(home, { recursive: true });
process.stdout.write(JSON.stringify({ before, added }));
process.exit(0);

/** Of every process that there is at this moment. */
function processFiles(name) {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.flatMap((pid) => {
    try {
      return [readFileSync(`/proc/${pid}/${name}`, 'utf8')];
    } catch {
      return [];
    }
  });
}
