import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { note, ok, problem, type Check, type Patient } from '../finding.js';
import { readText } from '../read-text.js';

/** Kernel settings that forbid what Chrome's sandbox needs, and the value at which they do. */
const obstacles = [
  {
    file: 'proc/sys/kernel/unprivileged_userns_clone',
    value: '0',
    remedy: 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    file: 'proc/sys/user/max_user_namespaces',
    value: '0',
    remedy: 'sudo sysctl -w user.max_user_namespaces=15000',
  },
  {
    file: 'proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    value: '1',
    remedy:
      'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for the browser',
  },
] as const;

export const sandbox: Check = {
  id: 'sandbox',
  async run(patient) {
    if (patient.platform !== 'linux') return [];
    if (patient.uid === 0) {
      const what = 'You are root, so Chrome runs without its sandbox.';
      return [
        note(
          what,
          'Run escarp as an ordinary user, in a container too, if its agents open pages you do not trust.',
        ),
      ];
    }
    const obstacle = await firstObstacle(patient);
    if (obstacle === undefined) return [ok("Chrome's sandbox can be used.")];
    if (await hasSetuidHelper(patient)) return [ok("Chrome's sandbox can be used, by its setuid helper.")];
    const what = `The kernel forbids user namespaces (/${obstacle.file} is ${obstacle.value}), so Chrome will not start.`;
    return [problem(what, obstacle.remedy)];
  },
};

async function firstObstacle({ systemRoot }: Patient): Promise<(typeof obstacles)[number] | undefined> {
  for (const obstacle of obstacles) {
    if ((await readText(join(systemRoot, obstacle.file))) === obstacle.value) return obstacle;
  }
  return undefined;
}

/** Packages of distributions include a setuid helper owned by root; with it, user namespaces are not needed. */
async function hasSetuidHelper({ locateBrowser }: Patient): Promise<boolean> {
  const path = await locateBrowser();
  if (path === undefined) return false;
  const names = ['chrome-sandbox', 'chrome_sandbox'];
  const found = await Promise.all(
    names.map((name) => stat(join(dirname(path), name)).catch(() => undefined)),
  );
  return found.some((helper) => helper !== undefined && helper.uid === 0 && (helper.mode & 0o4000) !== 0);
}
