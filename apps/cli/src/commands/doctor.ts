import { machineIdentity, presentBrowser } from '@escarp/broker';
import { askCommandFault } from '@escarp/broker/assembly';
import { readDaemonFile, stateDirectory } from '@escarp/broker/home';
import { runCommand } from '@escarp/child-process';
import type { PoolStatus } from '@escarp/transport/client';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { allChecks } from '../doctor/all-checks.js';
import { fileSystemOf } from '../doctor/checks/disk-space.js';
import { diagnose } from '../doctor/diagnose.js';
import type { FindingLevel, Patient } from '../doctor/finding.js';
import { clientAt, findDaemonUrl } from '../find-daemon.js';
import { wrapped } from '../print/wrapped.js';
import { printable } from '../print/printable.js';
import type { Mark } from '../print/style.js';
import { mark } from '../print/style.js';
import { describeNotApplied, settingsNotApplied } from '../settings-not-applied.js';
import { installationOf } from '../installation.js';

const timeoutMs = 2_500;
const marks: Readonly<Record<FindingLevel, Mark>> = {
  ok: 'good',
  note: 'quiet',
  warning: 'careful',
  problem: 'bad',
};

/** Finds what is wrong with this machine and says what to do about it. Fails only if nothing can work. */
export async function doctor(cli: Cli): Promise<number> {
  const { level, findings } = await diagnose(allChecks, patient(cli), timeoutMs);
  printResult(
    cli,
    { level, findings },
    findings.flatMap((finding) => {
      const sign = mark(marks[finding.level], cli.terminal);
      const width = Number.isFinite(cli.terminal.columns) ? cli.terminal.columns - 4 : Infinity;
      const [first = '', ...more] = wrapped(printable(finding.what), width);
      const remedy = finding.remedy === undefined ? [] : wrapped(printable(finding.remedy), width);
      return [`${sign} ${first}`, ...[...more, ...remedy].map((line) => `    ${line}`)];
    }),
  );
  return level === 'problem' ? 1 : 0;
}

async function statusNow(cli: Cli): Promise<PoolStatus | undefined> {
  try {
    const url = await findDaemonUrl(cli);
    return url === undefined ? undefined : await (await clientAt(cli, url)).status();
  } catch {
    // Whatever keeps the daemon from answering is for another check to say.
    return undefined;
  }
}

function patient(cli: Cli): Patient {
  const { settings, platform, uid } = cli;
  const directory = stateDirectory(settings.home);
  // Asked once, for all checks that look at it.
  let asked: Promise<PoolStatus | undefined> | undefined;
  const status = (): Promise<PoolStatus | undefined> => (asked ??= statusNow(cli));
  const driver = machineIdentity(installationOf(cli), {
    headless: false,
    displays: false,
    cuaApps: platform === 'darwin',
  });
  return {
    platform,
    home: cli.userHome,
    env: cli.env,
    run: runCommand,
    nodeVersion: process.versions.node,
    version: cli.version,
    uid: uid ?? 0,
    stateDirectory: settings.home,
    poolSize: settings.poolSize ?? 4,
    cdpBase: settings.cdpBase,
    apiPort: settings.apiPort,
    systemRoot: '/',
    locateBrowser: async () => (await presentBrowser(installationOf(cli)))?.path,
    daemon: () => readDaemonFile(directory.daemon),
    askCommandFault: () => askCommandFault(settings.askCommand),
    settingsNotApplied: async () => (await settingsNotApplied(cli)).map(describeNotApplied),
    fileSystem: fileSystemOf,
    failedSlots: async () => (await status())?.slots.filter(({ state }) => state === 'quarantined') ?? [],
    spares: async () => (await status())?.spares,
    macPermissions: async () => {
      const missing = (await driver.doctor()).filter(({ code }) => code === 'permission_missing');
      return missing.map(({ message }) => ({ name: message, granted: false }));
    },
  };
}
