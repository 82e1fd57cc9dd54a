import { PoolError } from './errors.js';
import type { Host } from './ports.js';
import type { SlotPaths } from './slot-paths.js';
import type { SlotSpec } from './slot.js';

// Nobody is there, and Chrome refuses the port before it opens a connection.
const nowhere = 'http://127.0.0.1:9/';

// Chrome dials out, asks, restores and updates by itself; an agent's browser should do none of these unasked.
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
  // Who is signed in is asked of this address at every start, whatever the preferences say of signing in.
  `--gaia-url=${nowhere}`,
  // Some components are looked for although their updates are off.
  `--component-updater=url-source=${nowhere}`,
];

// The omnibox popups are two hidden pages with a renderer each that no agent ever looks at; the last one asks a server of
// Chrome's vendor what time it is.
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
 * The arguments that launch `spec`, ending in the first page's URL. Where an extra argument says otherwise than the
 * pool must, the pool's comes later and Chrome goes by it. Throws `browser_launch_failed` for a forbidden argument.
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

// Chrome takes only the last --disable-features, so the pool's and the caller's become one.
function disabledFeatures(spec: SlotSpec): string[] {
  const extra = spec.extraArgs.filter((argument) => argument.startsWith(disableFeatures));
  return [
    ...quietFeatures,
    ...extra.flatMap((argument) => argument.slice(disableFeatures.length).split(',')),
  ];
}

function refuseForbidden(argument: string): void {
  // Chrome takes one dash for two, and what follows a bare "--" for no arguments at all.
  const [name = ''] = argument.replace(/^-+/, '--').split('=');
  if (!forbidden.has(name) && name !== '--') return;
  throw new PoolError('browser_launch_failed', `The extra Chrome argument ${name} is not allowed.`, {
    details: { argument: name },
  });
}
