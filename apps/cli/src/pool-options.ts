import type { Option } from './definition.js';
import { flag, number, text } from './options.js';

/** How a pool is launched. */
export const poolOptions: readonly Option[] = [
  number('pool-size', 'Number of slots'),
  number('cdp-base-port', 'CDP port of slot 0; slot N gets this port plus N'),
  flag('headless', 'Run browsers without windows (default)', {
    conflicts: ['headed', 'displays', 'cua-apps'],
  }),
  flag('headed', 'Show windows on the current screen', { conflicts: ['displays', 'cua-apps'] }),
  flag('displays', 'Linux: give each slot its own X display', { conflicts: ['cua-apps'] }),
  flag('cua-apps', 'macOS: give each slot its own application bundle'),
  {
    ...text('tier', 'What a slot keeps between holders'),
    choices: ['autonomous', 'delegated', 'supervised'],
  },
];

export const spares = flag(
  'spares',
  'Have a browser wait beside each leased slot, so that its recycle takes less time; undo with --no-spares',
  { conflicts: ['headed', 'displays', 'cua-apps'] },
);

export const requireToken = flag(
  'require-token',
  'Require a token from every caller, generated and stored for you; undo with --no-require-token',
);
