import type { Definition, Positional } from './definition.js';
import { text } from './options.js';

const lease: Positional = {
  name: 'lease',
  summary: "Id of the lease, or a slot's number for its newest one",
  type: 'string',
  required: true,
};

/** Commands for the screenshots that were taken of leases. */
export const screenshotCommands: readonly Definition[] = [
  {
    name: 'screenshots',
    summary: 'Look after the screenshots that were taken of leases',
    examples: [['escarp screenshots list', 'of which leases there are any']],
    commands: [
      {
        name: 'list',
        summary: 'List the leases of which there are screenshots',
        examples: [['escarp screenshots list', 'the newest lease first']],
        run: async (cli) => (await import('./commands/screenshots.js')).screenshotsList(cli),
      },
      {
        name: 'keep',
        summary: 'Do not delete the screenshots of a lease when it ends',
        positional: lease,
        examples: [['escarp screenshots keep 2', 'those of the lease that slot 2 has now']],
        run: async (cli, args) => (await import('./commands/screenshots.js')).screenshotsKeep(cli, args),
      },
      {
        name: 'save',
        summary: 'Copy the screenshots of a lease into a folder',
        positional: lease,
        options: [text('out', 'Folder to write to; made if it is missing')],
        examples: [
          [
            'escarp screenshots save 2 --out shots',
            'a JPEG file for each, by time, and strip.json with their titles and addresses',
          ],
        ],
        run: async (cli, args) => (await import('./commands/screenshots.js')).screenshotsSave(cli, args),
      },
      {
        name: 'remove',
        summary: 'Delete the screenshots of a lease, kept or not',
        positional: lease,
        examples: [['escarp screenshots remove 2', 'those of the newest lease of slot 2']],
        run: async (cli, args) => (await import('./commands/screenshots.js')).screenshotsRemove(cli, args),
      },
    ],
  },
];
