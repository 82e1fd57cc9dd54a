import { status } from './commands/status.js';
import type { Definition } from './definition.js';
import { flag, slot } from './options.js';

const keepData = flag(
  'keep-data',
  "Without effect: a slot's profile always stays until the slot is launched again",
  { isKeptForScripts: true },
);

/** Commands that change the pool while the daemon serves. */
export const poolCommands: readonly Definition[] = [
  {
    name: 'scale',
    summary: 'Make the pool this many slots, while it serves',
    positional: { name: 'size', summary: 'How many slots', type: 'number', required: true },
    options: [
      flag('dry-run', 'Only say what would be done'),
      flag('force', 'Also remove slots that are leased'),
      keepData,
      flag('no-restart', 'Without effect: scaling restarts nothing', { isKeptForScripts: true }),
    ],
    examples: [
      ['escarp scale 6', 'a pool of six; free slots go before leased ones'],
      ['escarp scale 2 --dry-run', 'only say which slots would go'],
    ],
    run: async (cli, args) => (await import('./commands/pool.js')).scale(cli, args),
  },
  {
    name: 'pool',
    summary: 'Add, remove and list slots, while the daemon serves',
    examples: [['escarp pool list', 'the slots']],
    commands: [
      {
        name: 'add',
        summary: 'Add a slot: the next free number, or this one',
        positional: { ...slot, required: false },
        options: [flag('no-launch', 'Only if a browser answers on its port already')],
        examples: [
          ['escarp pool add', 'the lowest number that is not in use'],
          ['escarp pool add 7', 'slot 7'],
        ],
        run: async (cli, args) => (await import('./commands/pool.js')).poolAdd(cli, args),
      },
      {
        name: 'remove',
        summary: 'Remove a slot',
        positional: slot,
        options: [
          flag('force', 'Also when it is leased'),
          flag(
            'keep-chrome',
            'Leave its browser running, unwatched; if the slot is added again, it starts anew',
          ),
          keepData,
        ],
        examples: [
          ['escarp pool remove 3', 'slot 3, with its browser, unless it is leased'],
          ['escarp pool remove 3 --force --keep-chrome', 'even then, and its browser stays'],
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
