import { acquire } from './commands/acquire.js';
import { release } from './commands/release.js';
import { renew } from './commands/renew.js';
import type { Definition, Option } from './definition.js';
import { notWithHandoff } from './handoff-code.js';
import { flag, number, text } from './options.js';
import { screenshotsChoices } from './screenshots-wish.js';

const leaseOptions: readonly Option[] = [
  number('slot', 'Lease exactly this slot'),
  number('dev-port', 'Port of your own dev server, shown in the status'),
  number('wait', 'Seconds to wait in the queue if every slot is leased'),
  number('ttl', 'Seconds that the lease lasts without a heartbeat'),
  text('login', 'A saved login to be signed in with; separate several with commas'),
  {
    ...text('screenshots', 'Take screenshots while the lease lasts; with keep they stay when it ends'),
    choices: screenshotsChoices,
  },
  flag('update-login', 'Save the login again when the slot is released', { needs: 'login' }),
];

const acceptedCode = 'Code of a handoff to accept (default: ESCARP_HANDOFF)';
const token = text('token', 'The lease with this token; - reads it from standard input');

/** Commands by which people and scripts lease slots. */
export const leaseCommands: readonly Definition[] = [
  {
    name: 'acquire',
    summary: 'Lease a slot',
    options: [
      text('holder', 'Name of the holder (default: user, folder and branch)'),
      ...leaseOptions,
      flag('focus', "Bring the slot's window to the front"),
      flag('prompt', 'Print instructions that tell an agent how to use the slot', { conflicts: ['export'] }),
      flag('hold', 'Keep the lease alive until Ctrl-C, then release it'),
      flag('export', 'Print shell commands that set ESCARP_* variables, for use with eval'),
      text('handoff', `${acceptedCode}; - reads it from standard input`, { conflicts: notWithHandoff }),
    ],
    examples: [
      ['escarp acquire --holder me --hold', 'hold a slot until Ctrl-C'],
      ['eval "$(escarp acquire --holder me --export)"', 'lease a slot for this shell'],
      ['escarp acquire --holder me --wait 60', 'wait in the queue for up to a minute'],
      ['escarp acquire --holder bob --handoff -', 'take over the slot that was offered to bob'],
      [
        'escarp acquire --holder me --screenshots on',
        'take screenshots of what happens, until the slot is released',
      ],
    ],
    run: acquire,
  },
  {
    name: 'release',
    summary: 'Release slots',
    options: [
      flag('mine', 'Every slot that was leased from the command line in this working tree', {
        conflicts: ['all', 'slot', 'holder', 'token'],
      }),
      flag('everywhere', 'With --mine: also in all other working trees of this user', { needs: 'mine' }),
      flag('all', 'Every leased slot, whoever holds it', { conflicts: ['slot', 'holder', 'token'] }),
      number('slot', 'This slot, whoever holds it', { conflicts: ['holder', 'token'] }),
      text('holder', 'Every slot this holder has', { conflicts: ['token'] }),
      token,
      flag('no-wait', 'Do not wait for the reset', { conflicts: ['all', 'slot', 'holder'] }),
    ],
    examples: [
      ['escarp release', 'the lease in ESCARP_LEASE_TOKEN, or else the only one in this working tree'],
      ['escarp release --mine', 'everything leased from the command line in this working tree'],
      ['escarp release --slot 2', 'as an operator: revoke the lease on slot 2'],
    ],
    run: release,
  },
  {
    name: 'renew',
    summary: 'Renew leases, so that they last a full TTL from now',
    options: [
      number('ttl', 'New TTL of the lease: seconds that it lasts after this and every later heartbeat'),
      flag('mine', 'Every lease of the command line in this working tree', {
        conflicts: ['slot', 'holder', 'token'],
      }),
      flag('everywhere', 'With --mine: also in all other working trees of this user', { needs: 'mine' }),
      number('slot', 'The lease on this slot, if it was leased from the command line', {
        conflicts: ['token'],
      }),
      text('holder', 'Every lease of this holder, if leased from the command line', { conflicts: ['token'] }),
      token,
    ],
    examples: [
      ['escarp renew', 'the lease in ESCARP_LEASE_TOKEN, or else the only one in this working tree'],
      ['escarp renew --slot 2 --ttl 600', 'it lasts ten minutes now, and after every later heartbeat'],
      ['escarp renew --mine', 'all leases of this working tree; exits with 5 if one has ended'],
    ],
    run: renew,
  },
  {
    name: 'handoff',
    summary: 'Offer a leased slot, as it is, to another holder, and print the code to take it over with',
    options: [
      text('to', 'The holder who may take it over'),
      number('ttl', 'Seconds until the offer ends (default: the TTL of a lease)'),
      number('slot', 'The lease on this slot, if it was leased from the command line', {
        conflicts: ['token'],
      }),
      token,
    ],
    examples: [
      ['escarp handoff --to bob', 'offer the only lease of this working tree to bob'],
      ['escarp handoff --to bob --json', 'the code and until when it is valid, for a program'],
      ['escarp handoff --to bob --slot 2 --ttl 300', 'offer slot 2, for five minutes'],
    ],
    run: async (cli, args) => (await import('./commands/handoff.js')).handoff(cli, args),
  },
  {
    name: 'run',
    summary: 'Run a command with a slot that is released when it ends',
    takesCommand: 'always',
    options: [
      text('holder', 'Name of the holder (default: folder and command)'),
      ...leaseOptions,
      text('handoff', acceptedCode, { conflicts: [...notWithHandoff, 'lazy', 'playwright'] }),
      flag('lazy', 'Acquire the lease only when {cdp_http} is first used'),
      {
        ...number(
          'idle-release',
          'With --lazy: release the slot after N minutes without a call; 0 means never',
          {
            needs: 'lazy',
          },
        ),
        default: 15,
      },
      flag('playwright', 'For a Playwright suite: a slot for each of its workers', {
        conflicts: ['lazy', 'slot', 'dev-port', 'login'],
      }),
      text('suite', 'Folder whose Playwright the suite runs with (default: this folder)', {
        needs: 'playwright',
      }),
    ],
    examples: [
      [
        'escarp run -- node script.js {cdp_ws}',
        '{cdp_ws}, {cdp_http}, {slot} and {port} are replaced by the address of the slot; ESCARP_* variables hold it too',
      ],
      [
        'escarp run --screenshots keep -- node script.js {cdp_ws}',
        'and keep screenshots of what it does; see escarp screenshots',
      ],
      [
        'escarp run --lazy -- npx @playwright/mcp --cdp-endpoint {cdp_http}',
        'give any browser MCP server a leased slot',
      ],
      [
        'escarp run --playwright -- npx playwright test',
        'a suite as it is, its workers on leased slots; see escarp docs test-runners',
      ],
    ],
    run: async (cli, args) => (await import('./commands/run.js')).run(cli, args),
  },
];
