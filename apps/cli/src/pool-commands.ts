import { status } from './commands/status.js';
import type { Definition } from './definition.js';
import { flag, slot } from './options.js';

const keepData = flag(
  'keep-data',
  "No effect: a slot's profile always stays until the slot is launched again",
  { isKeptForScripts: true },
);

/** Commands that change the pool while the daemon serves. */
export const poolCommands: readonly Definition[] = [
  {
    name: 'scale',
    summary: 'Change the number of slots while the daemon is running',
    positional: { name: 'size', summary: 'Number of slots', type: 'number', required: true },
    options: [
      flag('dry-run', 'Only show what would be done'),
      flag('force', 'Also remove slots that are leased'),
      keepData,
      flag('no-restart', 'No effect: scaling never restarts anything', { isKeptForScripts: true }),
    ],
    examples: [
      ['escarp scale 6', 'resize the pool to six slots'],
      ['escarp scale 2 --dry-run', 'show which slots would be removed; free ones go first'],
    ],
    run: async (cli, args) => (await import('./commands/pool.js')).scale(cli, args),
  },
  {
    name: 'pool',
    summary: 'Add, remove and list slots while the daemon is running',
    examples: [['escarp pool list', 'the slots']],
    commands: [
      {
        name: 'add',
        summary: 'Add a slot: the lowest free number, or the one given',
        positional: { ...slot, required: false },
        options: [flag('no-launch', 'Only adopt a browser that already answers on its port')],
        examples: [
          ['escarp pool add', 'add a slot with the lowest free number'],
          ['escarp pool add 7', 'add slot 7'],
        ],
        run: async (cli, args) => (await import('./commands/pool.js')).poolAdd(cli, args),
      },
      {
        name: 'remove',
        summary: 'Remove a slot',
        positional: slot,
        options: [
          flag('force', 'Remove it even if it is leased'),
          flag(
            'keep-chrome',
            'Leave its browser running but unwatched; a slot added again gets a new browser',
          ),
          keepData,
        ],
        examples: [
          ['escarp pool remove 3', 'remove slot 3 and its browser, unless it is leased'],
          [
            'escarp pool remove 3 --force --keep-chrome',
            'remove it even if leased, but leave its browser running',
          ],
        ],
        run: async (cli, args) => (await import('./commands/pool.js')).poolRemove(cli, args),
      },
      {
        name: 'list',
        summary: 'List the slots',
        examples: [['escarp pool list --json', 'the same document as escarp status --json']],
        run: status,
      },
    ],
  },
];
