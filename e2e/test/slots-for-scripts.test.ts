import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processesNaming } from '@escarp/test-support';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import type { EscarpHome } from '../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../src/escarp-home.js';
import type { PageSite } from '../src/page-site.js';
import { startPageSite } from '../src/page-site.js';

let site: PageSite;
let home: EscarpHome;

beforeAll(async () => {
  site = await startPageSite();
  home = await makeEscarpHome(2, { ...keepsBrowsers, SITE: site.url });
}, 120_000);
afterAll(async () => {
  site.close();
  await home.remove();
}, 120_000);

/** Starts a script of a user's that imports from `@escarp/playwright-test/slots`. */
async function start(name: string, text: string) {
  const path = join(home.project, `${name}.mjs`);
  await writeFile(path, `import { startPool, withSlot } from '@escarp/playwright-test/slots';\n${text}`);
  return home.start(['node', path]);
}

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

describe('withSlot', { tags: ['browser'], timeout: 120_000 }, () => {
  beforeAll(async () => home.up(), 120_000);
  afterEach(async () => home.settled(), 120_000);
  // The pools of the next tests have the same ports.
  afterAll(async () => home.endPool(home.path), 120_000);

  it('gives each call a fresh context on a leased slot, and what the call returns back', async () => {
    const program = await start(
      'twice',
      `for (const user of ['first', 'second']) {
        const seen = await withSlot({ holder: 'a script', slot: 1 }, async ({ page, context, lease }) => {
          await page.goto(process.env.SITE);
          const before = await page.evaluate(() => document.cookie);
          await page.evaluate((user) => { document.cookie = 'user=' + user; }, user);
          return { before, holder: lease.holder, slot: lease.slot, isContext: page.context() === context };
        });
        console.log(JSON.stringify(seen));
      }`,
    );
    const { exitCode, stdout } = await program.ended;
    const seen = { before: '', holder: 'a script', slot: 1, isContext: true };
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${JSON.stringify(seen)}\n`.repeat(2) });
    expect(await home.leased()).toEqual([]);
  });

  it('releases the slot when the call throws, and throws the same', async () => {
    const journal = await home.journal();
    const program = await start(
      'throws',
      `await withSlot({}, async () => { throw new Error('of the script'); }).catch((error) => console.log(error.message));`,
    );
    expect(await program.ended).toMatchObject({ exitCode: 0, stdout: 'of the script\n' });
    await journal.until({ type: 'lease-ended', how: 'released' });
  });

  it('rejects when the lease is lost', async () => {
    const program = await start(
      'lost',
      `await withSlot({ holder: 'loser' }, async ({ page }) => {
        console.log('ready');
        await page.waitForEvent('popup', { timeout: 0 });
      }).catch(({ code }) => console.log(code));`,
    );
    await program.until(/ready/);
    const [slot] = await home.leased();
    await home.post('/revoke', { slot });
    expect((await program.ended).stdout).toBe('ready\nlease_ended\n');
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
