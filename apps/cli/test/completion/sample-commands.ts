import type { CommandSpec } from '../../src/completion/command-table.js';

export const sampleCommands: CommandSpec = {
  name: 'escarp',
  summary: 'Leases browsers.',
  options: [{ name: 'json', summary: 'One JSON document.' }],
  commands: [
    {
      name: 'status',
      summary: "Shows the pool's slots: all of them.",
      options: [{ name: 'watch', summary: 'Stay.' }],
    },
    {
      name: 'setup',
      summary: 'Registers.',
      words: ['cursor', 'codex'],
      options: [{ name: 'browser', summary: 'Too.', value: ['playwright', 'devtools'] }],
    },
    { name: 'screenshot', summary: 'Saves.', options: [{ name: 'out', summary: 'Where.', value: 'file' }] },
    { name: 'acquire', summary: 'Leases.', options: [{ name: 'holder', summary: 'Who.', value: 'any' }] },
    {
      name: 'pool',
      summary: 'Changes the pool.',
      commands: [
        { name: 'add', summary: 'Adds.' },
        { name: 'remove', summary: 'Removes.', options: [{ name: 'force', summary: 'Even if leased.' }] },
      ],
    },
  ],
};
