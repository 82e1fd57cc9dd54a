import type { Section } from '../section.js';
import { brokerScale } from './broker-scale.js';
import { click } from './click.js';
import { commandLine } from './command-line.js';
import { displayView } from './display-view.js';
import { leaseRequests } from './lease-requests.js';
import { liveView } from './live-view.js';
import { memory } from './memory.js';
import { pageTools } from './page-tools.js';
import { registryCore } from './registry-core.js';
import { savedLogin } from './saved-login.js';
import { testSuite } from './test-suite.js';
import { thousandAgents } from './thousand-agents.js';
import { turnover } from './turnover.js';
import { usablePage } from './usable-page.js';

/** In the order they are measured and printed. */
export const sections: readonly Section[] = [
  usablePage,
  leaseRequests,
  click,
  pageTools,
  liveView,
  displayView,
  turnover,
  savedLogin,
  brokerScale,
  memory,
  testSuite,
  commandLine,
  registryCore,
  thousandAgents,
];
