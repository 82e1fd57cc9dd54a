import { PoolError } from './errors.js';
import type { Host } from './ports.js';
import type { SlotPaths } from './slot-paths.js';
import type { SlotSpec } from './slot.js';

// Nothing listens there, and Chrome refuses the port before it opens a connection.
const nowhere = 'http://127.0.0.1:9/';

// By itself, Chrome contacts servers, shows prompts, restores sessions and updates itself; an agent's browser should do
// none of these unasked.
const quiet = [
  '--no-first-run',
  '--no-default-browser-check',
  '--no-service-autorun',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--disable-quic',
  '--disable-breakpad',
  '--disable-search-engine-choice-screen',
  '--disable-session-crashed-bubble',
  '--hide-crash-restore-bubble',
  '--metrics-recording-only',
  // This address is asked who is signed in at every start, whatever the preferences say about signing in.
  `--gaia-url=${nowhere}`,
  // Some components are looked up even if their updates are off.
  `--component-updater=url-source=${nowhere}`,
];

// The omnibox popups are two hidden pages, each with a renderer, that no agent ever looks at. The last of these
// features asks one of the vendor's servers for the time.
const quietFeatures = [
  'Translate',
  'MediaRouter',
  'OptimizationHints',
  'InterestFeedContentSuggestions',
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'NetworkTimeServiceQuerying',
];

// A keychain prompt would stop an unattended browser, and a shared keychain would carry secrets between slots.
const ownKeychain = ['--password-store=basic', '--use-mock-keychain'];

// The first lets any web page drive the browser; the second moves DevTools away from the slot's port.
const forbidden = new Set(['--remote-allow-origins', '--remote-debugging-pipe']);

/**
 * The arguments that launch `spec`, ending with the first page's URL. If an extra argument contradicts one of the
 * pool's, the pool's comes later, and Chrome obeys the later one. Throws `browser_launch_failed` for a forbidden
 * argument.
 */
export function launchArguments(spec: SlotSpec, paths: SlotPaths, host: Host): string[] {
  spec.extraArgs.forEach(refuseForbidden);
  return [
    ...quiet,
    ...ownKeychain,
    ...(spec.headless ? ['--headless=new'] : []),
    ...(host.isRoot ? ['--no-sandbox'] : []),
    `--window-position=${spec.bounds.left},${spec.bounds.top}`,
    `--window-size=${spec.bounds.width},${spec.bounds.height}`,
    ...spec.extraArgs.filter((argument) => !argument.startsWith(disableFeatures)),
    `${disableFeatures}${disabledFeatures(spec).join(',')}`,
    '--remote-debugging-address=127.0.0.1',
    `--remote-debugging-port=${spec.port}`,
    `--user-data-dir=${paths.profile}`,
    `--class=${spec.wmClass}`,
    'about:blank',
  ];
}

const disableFeatures = '--disable-features=';

// Chrome obeys only the last --disable-features, so the pool's and the caller's are merged.
function disabledFeatures(spec: SlotSpec): string[] {
  const extra = spec.extraArgs.filter((argument) => argument.startsWith(disableFeatures));
  return [
    ...quietFeatures,
    ...extra.flatMap((argument) => argument.slice(disableFeatures.length).split(',')),
  ];
}

function refuseForbidden(argument: string): void {
  // Chrome accepts one dash instead of two, and takes nothing after a bare "--" as an argument.
  const [name = ''] = argument.replace(/^-+/, '--').split('=');
  if (!forbidden.has(name) && name !== '--') return;
  throw new PoolError('browser_launch_failed', `The extra Chrome argument ${name} is not allowed.`, {
    details: { argument: name },
  });
}
