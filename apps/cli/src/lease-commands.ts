import { acquire } from './commands/acquire.js';
import { release } from './commands/release.js';
import type { Definition, Option } from './definition.js';
import { flag, number, text } from './options.js';

const leaseOptions: readonly Option[] = [
  number('slot', 'This slot and no other'),
  number('dev-port', 'Port of your own server, shown in the status'),
  number('wait', 'Seconds to stand in line when every slot is leased'),
  number('ttl', 'Seconds the lease lasts without a heartbeat'),
];

/** Commands by which people and scripts lease slots. */
export const leaseCommands: readonly Definition[] = [
  {
    name: 'acquire',
    summary: 'Lease a slot',
    options: [
      text('holder', 'Who leases; the user, the folder and its branch if not said'),
      ...leaseOptions,
      flag('focus', "Bring the slot's window to the front"),
      flag('prompt', 'Print a text that tells an agent how to use the slot', { conflicts: ['export'] }),
      flag('hold', 'Keep the lease by heartbeats until Ctrl-C, then release it'),
      flag('export', 'Print shell commands that set ESCARP_* variables, for eval'),
      text('handoff', 'Code of a handoff to accept', { conflicts: ['slot', 'wait'] }),
    ],
    examples: [
      ['escarp acquire --holder me --hold', 'a slot until Ctrl-C'],
      ['eval "$(escarp acquire --holder me --export)"', 'a slot for this shell'],
      ['escarp acquire --holder me --wait 60', 'stand in line for up to a minute'],
    ],
    run: acquire,
  },
  {
    name: 'release',
    summary: 'Give slots back',
    options: [
      flag('mine', 'Every slot leased from the command line in this working tree', {
        conflicts: ['all', 'slot', 'holder', 'token'],
      }),
      flag('everywhere', 'With --mine: in every other working tree of this user too', { needs: 'mine' }),
      flag('all', 'Every leased slot, whoever holds it', { conflicts: ['slot', 'holder', 'token'] }),
      number('slot', 'This slot, whoever holds it', { conflicts: ['holder', 'token'] }),
      text('holder', 'Every slot this holder has', { conflicts: ['token'] }),
      text('token', 'The lease with this token'),
      flag('no-wait', 'Do not wait for the reset', { conflicts: ['all', 'slot', 'holder'] }),
    ],
    examples: [
      ['escarp release', 'the lease that ESCARP_LEASE_TOKEN names, else the only one of this working tree'],
      ['escarp release --mine', 'all that was leased from the command line in this working tree'],
      ['escarp release --slot 2', 'as an operator: revoke the lease on slot 2'],
    ],
    run: release,
  },
  {
    name: 'run',
    summary: 'Run a command that has a slot while it lives',
    takesCommand: 'always',
    options: [
      text('holder', 'Who leases; the folder and the command if not said'),
      ...leaseOptions,
      flag('lazy', 'Lease at the first use of {cdp_http}, not before'),
      {
        ...number(
          'idle-release',
          'Lazy: minutes without a call after which the slot is given back, 0 for never',
          {
            needs: 'lazy',
          },
        ),
        default: 15,
      },
      flag('playwright', 'For a Playwright suite: a slot for each of its workers', {
        conflicts: ['lazy', 'slot', 'dev-port'],
      }),
      text('suite', 'Folder whose Playwright the suite runs with; this one if not said', {
        needs: 'playwright',
      }),
    ],
    examples: [
      [
        'escarp run -- node script.js {cdp_ws}',
        '{cdp_ws}, {cdp_http}, {slot} and {port} say where the slot is, and so do ESCARP_* variables',
      ],
      [
        'escarp run --lazy -- npx @playwright/mcp --cdp-endpoint {cdp_http}',
        'any browser MCP server, leased',
      ],
      [
        'escarp run --playwright -- npx playwright test',
        'a suite as it is, its workers on leased slots; see escarp docs test-runners',
      ],
    ],
    run: async (cli, args) => (await import('./commands/run.js')).run(cli, args),
  },
];
