import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';
import { LeaseStandIn } from './lease-stand-in.js';

describe('escarp up, of a daemon that runs', { timeout: 60_000 }, () => {
  let home: EscarpHome;
  let daemon: LeaseStandIn;
  beforeEach(async () => {
    daemon = await LeaseStandIn.start();
    daemon.hasNoSlots = true;
    home = await makeEscarpHome(1, { ESCARP_BROKER_URL: daemon.url });
  });
  afterEach(async () => {
    daemon.close();
    await home.remove();
  });

  const looks = async (args: string[], env = {}) => {
    daemon.looks.length = 0;
    expect(await home.run(['up', ...args], env)).toMatchObject({ exitCode: 0 });
    return daemon.looks.filter((path) => path.startsWith('/status')).length;
  };

  it('asks whether others need a token only where it has one, and says so to a person', async () => {
    const without = await looks([]);
    const token = { ESCARP_API_TOKEN: 'a'.repeat(40) };
    expect(await looks([], token)).toBe(without + 1);
    expect(await looks(['--json'], token)).toBe(without);
    expect(await looks(['--no-require-token'], token)).toBe(without + 1);
  });

  it('says that nobody is notified if ESCARP_ASK_COMMAND cannot be run', async () => {
    const { stderr } = await home.run(['up'], { ESCARP_ASK_COMMAND: '/nowhere/tell' });
    expect(stderr).toContain(
      'ESCARP_ASK_COMMAND is /nowhere/tell, which cannot be run: there is no such file',
    );
    expect((await home.run(['doctor'], { ESCARP_ASK_COMMAND: '/' })).stdout).toContain('not a program');
  });
});
