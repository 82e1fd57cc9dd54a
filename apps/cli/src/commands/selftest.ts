import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { LaunchPreparation, SelftestBrowser } from '@escarp/os-identity';
import { formatSelftest, selftestIdentity } from '@escarp/os-identity';
import {
  browserOf,
  createBrowserSlots,
  createLog,
  freeCdpBase,
  machineIdentity,
  openStateDirectory,
} from '@escarp/broker';
import { makeRootFolder, removeOwned } from '@escarp/owned-files';
import { connectDevtools, createOwnSockets } from '@escarp/slot-pool';
import { installationOf } from '../installation.js';
import { searchBrowser } from '../browser-search.js';
import type { Cli } from '../cli.js';
import { printResult, say } from '../cli.js';

const callMs = 10_000;

/** Does all that slot identity can do on this machine, live, in a state directory of its own, and leaves nothing. */
export async function selftest(cli: Cli): Promise<number> {
  say(
    cli,
    'Trying slot identity on this machine; a window will come and go. This takes about a minute on a Mac.',
  );
  const { path: executablePath } = await searchBrowser(cli);
  const home = await makeTemporaryRoot(cli);
  try {
    const own = { ...cli, settings: { ...cli.settings, home } };
    const onMac = cli.platform === 'darwin';
    const driver = machineIdentity(installationOf(own), {
      headless: false,
      displays: !onMac,
      cuaApps: onMac,
    });
    const checks = await selftestIdentity(driver, 0, {
      executablePath,
      launch: (preparation) => launch(own, preparation),
      now: cli.clocks.monotonicMs,
    });
    const title = `${cli.platform}, escarp ${cli.version}, node ${process.version}`;
    printResult(cli, { title, checks }, formatSelftest(title, checks).trimEnd().split('\n'));
    return checks.every(({ ok }) => ok) ? 0 : 4;
  } finally {
    await removeOwned(home);
  }
}

async function makeTemporaryRoot({ shortTmp, clocks }: Cli): Promise<string> {
  // On macOS /tmp is a link.
  const home = join(await realpath(shortTmp), `escarp-selftest-${clocks.newId().slice(0, 8)}`);
  await makeRootFolder(home);
  return home;
}

async function launch(cli: Cli, preparation: LaunchPreparation): Promise<SelftestBrowser> {
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  const cdpBase = await freeCdpBase(cli.settings.cdpBase, 1);
  const slots = createBrowserSlots({
    settings: cli.settings,
    identity: {
      ...machineIdentity(installationOf(cli), { headless: false, displays: false, cuaApps: false }),
      prepare: async () => preparation,
    },
    pool: { slots: [0], cdpBase, headless: false, displays: true, cuaApps: false, tier: 'autonomous' },
    browserPath: preparation.executablePath,
    log: createLog('error', cli.clocks.wallMs, (line) => cli.stderr.write(line)),
    machine: {
      platform: cli.platform,
      uid: cli.uid,
      pid: cli.pid,
      environment: cli.env,
      shortTmp: directory.home,
      clocks: cli.clocks,
    },
  });
  const facts = await slots.launch(0);
  const devtools = await connectDevtools(facts.cdpWsUrl, { own: createOwnSockets(), callMs });
  return {
    facts: async () => browserOf((await slots.adopt(0)) ?? facts),
    bringToFront: async () => {
      await devtools.send('Target.activateTarget', { targetId: facts.cdpTargetId });
    },
    setBounds: async ({ x, y, width, height }) => {
      const bounds = { left: x, top: y, width, height };
      await devtools.send('Browser.setWindowBounds', { windowId: facts.cdpWindowId, bounds });
    },
    close: async () => {
      devtools.close();
      await slots.stop(0);
      await slots.close();
    },
  };
}
