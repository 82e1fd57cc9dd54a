import type { Definition } from './definition.js';
import { flag, slot, text } from './options.js';

/** Commands for the people whose agents are at work. */
export const peopleCommands: readonly Definition[] = [
  {
    name: 'view',
    summary: 'Watch the slots in a web browser, and take one over: prints a link that opens once',
    positional: { ...slot, required: false },
    options: [
      flag('control', 'Whoever opens the link may also take over and answer', {
        conflicts: ['revoke', 'stop'],
      }),
      flag('open', 'Also open the link'),
      {
        ...text('address', 'Also serve at this address of the machine, for a phone on the same network'),
        needs: 'tls-cert',
      },
      { ...text('tls-cert', 'File with the certificate for that address, in PEM'), needs: 'tls-key' },
      { ...text('tls-key', 'File with its key, in PEM'), needs: 'tls-cert' },
      flag('revoke', 'End every link and session, or those for the slot', { conflicts: ['stop'] }),
      flag('stop', 'Stop the viewer'),
    ],
    examples: [
      ['escarp view', 'a link to watch every slot'],
      ['escarp view 2 --control', 'a link to watch slot 2 and take it over, until its lease ends'],
      ['escarp view --address 192.168.1.5 --tls-cert cert.pem --tls-key key.pem', 'a link for a phone'],
      ['escarp view --revoke', 'nobody watches any more'],
    ],
    run: async (cli, args) => (await import('./commands/view.js')).view(cli, args),
  },
  {
    name: 'report',
    summary: 'Write what happened, and the figures of the last hour, as one web page',
    options: [text('html', 'File to write')],
    examples: [['escarp report --html report.html', 'a page that needs nothing else to be read']],
    run: async (cli, args) => (await import('./commands/report.js')).report(cli, args),
  },
];
