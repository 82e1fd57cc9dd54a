import { askCommand } from './checks/ask-command.js';
import { browser } from './checks/browser.js';
import { daemonVersion } from './checks/daemon-version.js';
import { diskSpace } from './checks/disk-space.js';
import { displays } from './checks/displays.js';
import { failedSlots } from './checks/failed-slots.js';
import { initProcess } from './checks/init-process.js';
import { journal } from './checks/journal.js';
import { macPermissions } from './checks/mac-permissions.js';
import { nodeVersion } from './checks/node-version.js';
import { openFiles } from './checks/open-files.js';
import { orphans } from './checks/orphans.js';
import { ports } from './checks/ports.js';
import { sandbox } from './checks/sandbox.js';
import { sharedMemory } from './checks/shared-memory.js';
import { spares } from './checks/spares.js';
import { stateDirectory } from './checks/state-directory.js';
import { trash } from './checks/trash.js';
import type { Check } from './finding.js';

/** In the order of the report: what everything needs comes first. */
export const allChecks: readonly Check[] = [
  nodeVersion,
  browser,
  sandbox,
  sharedMemory,
  openFiles,
  initProcess,
  displays,
  macPermissions,
  stateDirectory,
  diskSpace,
  journal,
  trash,
  orphans,
  ports,
  failedSlots,
  spares,
  askCommand,
  daemonVersion,
];
