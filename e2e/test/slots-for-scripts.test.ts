import { join } from 'node:path';
import { processesNaming } from '@escarp/test-support';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import type { EscarpHome } from '../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../src/escarp-home.js';
import type { PageSite } from '../src/page-site.js';
import { startPageSite } from '../src/page-site.js';
import { startSlotsScript } from '../src/slots-script.js';

let site: PageSite;
let home: EscarpHome;

beforeAll(async () => {
  site = await startPageSite();
  home = await makeEscarpHome(2, keepsBrowsers);
}, 120_000);
afterAll(async () => {
  site.close();
  await home.remove();
}, 120_000);

const start = (name: string, text: string) => startSlotsScript(home, site, name, text);

/** Path of the state directory of a script's own pool. What runs there when the test fails would run for ever. */
function stateDirectory(name: string): string {
  const folder = join(home.project, name);
  onTestFailed(async () => home.endPool(folder));
  return folder;
}

describe('withSlot without a pool', { timeout: 120_000 }, () => {
  it('says in its message what to do, because a runner prints nothing else', async () => {
    const program = await start(
      'nobody',
      `await withSlot({}, async () => {}).catch(({ code, message, hint }) => console.log([code, message, hint].join('\\n')));`,
    );
    const hint = 'Start one with escarp up.';
    const stdout = `daemon_unreachable\nNo daemon answers. ${hint}\n${hint}\n`;
    expect(await program.ended).toMatchObject({ exitCode: 0, stdout });
  });

  it('says what it takes, and of what size and where a pool can be', async () => {
    const program = await start(
      'mistaken',
      `const tell = ({ message }) => console.log(message);
      await withSlot(async () => {}).catch(tell);
      await startPool({ size: 0, home: 'mistaken' }).catch(tell);
      await startPool({ size: 65, home: 'mistaken' }).catch(tell);
      await startPool({ size: 1, home: '' }).catch(tell);`,
    );
    const stdout = [
      'withSlot takes options and a function: withSlot({}, async ({ page }) => …).',
      'A pool cannot have the size 0.',
      'A pool cannot have the size 65.',
      'home is empty.',
      '',
    ].join('\n');
    expect(await program.ended).toMatchObject({ exitCode: 0, stdout });
  });
});

describe('startPool', { tags: ['browser'], timeout: 120_000 }, () => {
  const visit = `async () => withSlot({ pool }, async ({ page, lease }) => {
    await page.goto(process.env.SITE, { timeout: 0 });
    return [lease.slot, await page.title()].join(' ');
  })`;

  it('leases slots within a process, to which alone the state directory belongs, and leaves nothing', async () => {
    const folder = stateDirectory('own-pool');
    const program = await start(
      'own',
      `const pool = await startPool({ size: 2, home: 'own-pool' });
       const visit = ${visit};
       console.log((await Promise.all([visit(), visit()])).toSorted().join(', '));
       process.stdin.once('data', () => pool.close()).resume();`,
    );
    await program.until(/Workbench/);
    const other = await start(
      'other',
      `await startPool({ size: 2, home: 'own-pool' }).catch(({ code }) => console.log(code));`,
    );
    expect((await other.ended).stdout).toBe('daemon_already_running\n');
    program.child.stdin.end('close\n');
    const stdout = '0 Workbench, 1 Workbench\n';
    expect(await program.ended).toEqual({ exitCode: 0, stdout, stderr: '' });
    expect(processesNaming(folder)).toEqual([]);
  });

  it('ends what a process that was killed has left', async () => {
    const folder = stateDirectory('left-pool');
    const killed = await start(
      'killed',
      `const pool = await startPool({ size: 1, home: 'left-pool' });
       await pool.lease({ ttlS: 600 });
       console.log('ready');`,
    );
    await killed.until(/ready/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(processesNaming(folder)).not.toEqual([]);
    const next = await start(
      'next',
      `const pool = await startPool({ size: 1, home: 'left-pool' });
       const visit = ${visit};
       console.log(await visit());
       await pool.close();`,
    );
    expect(await next.ended).toEqual({ exitCode: 0, stdout: '0 Workbench\n', stderr: '' });
    expect(processesNaming(folder)).toEqual([]);
  });
});
