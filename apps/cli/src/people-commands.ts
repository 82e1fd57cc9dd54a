import type { Definition } from './definition.js';
import { flag, number, slot, text } from './options.js';

const answerOptions = [
  text('note', 'A message to the agent'),
  text('who', 'Your name, for the log (default: your user name)'),
];

/** Commands by which agents ask people, and people watch, decide and take over. */
export const peopleCommands: readonly Definition[] = [
  {
    name: 'ask',
    summary: 'Ask a person for help with a leased browser, and wait for the answer',
    positional: { name: 'reason', summary: 'What a person is needed for', type: 'string', required: true },
    options: [
      text('instructions', 'What the person is to do; shown to operators alone'),
      { ...number('timeout', 'Seconds to wait, at most 3600'), default: 300 },
      number('slot', 'The lease on this slot, if it was leased from the command line'),
    ],
    examples: [
      ['escarp ask "a captcha"', 'wait for a person; exits with 3 if nobody does it'],
      ['escarp ask "a second factor" --instructions "Type the code from your phone"', 'and say what to do'],
    ],
    run: async (cli, args) => (await import('./commands/ask.js')).ask(cli, args),
  },
  {
    name: 'answer',
    summary: 'Answer what an agent asked, or list the open questions',
    positional: { name: 'id', summary: 'The question', type: 'string', required: false },
    options: [flag('declined', 'It was not done, and will not be'), ...answerOptions],
    examples: [
      ['escarp answer', 'which questions are open'],
      ['escarp answer 128', 'it is done; the agent goes on'],
      ['escarp answer 128 --declined --note "no purchases"', 'the agent must go on without'],
    ],
    run: async (cli, args) => (await import('./commands/answer.js')).answer(cli, args),
  },
  {
    name: 'approve',
    summary: 'Approve a request that needs a person, or list those that wait',
    positional: { name: 'id', summary: 'The approval', type: 'string', required: false },
    options: [flag('deny', 'Refuse it'), ...answerOptions],
    examples: [
      ['escarp approve', 'which requests wait, and for what'],
      ['escarp approve 131', 'grant this one, once'],
      ['escarp approve 131 --deny', 'refuse it'],
    ],
    run: async (cli, args) => (await import('./commands/approve.js')).approve(cli, args),
  },
  {
    name: 'view',
    summary: 'Watch the slots in a web browser, and take one over: prints a link that opens once',
    positional: { ...slot, required: false },
    options: [
      flag('control', 'Whoever opens the link may also take over and answer', {
        conflicts: ['revoke', 'stop'],
      }),
      flag('open', 'Also open the link in your browser', { conflicts: ['revoke', 'stop'] }),
      text('address', 'Also serve at this address of the machine, by TLS, for a phone on the same network', {
        conflicts: ['revoke', 'stop'],
      }),
      text('tls-cert', 'File with a certificate for that address, in PEM; without it escarp makes one', {
        needs: 'address',
      }),
      text('tls-key', 'File with the key of that certificate, in PEM', { needs: 'tls-cert' }),
      flag('revoke', 'End every link and session, or those for the slot', { conflicts: ['stop'] }),
      flag('stop', 'Stop the viewer'),
    ],
    examples: [
      ['escarp view', 'a link to watch every slot'],
      ['escarp view 2 --control', 'a link to watch slot 2 and take it over, until its lease ends'],
      ['escarp view --address 192.168.1.5', 'a link for a phone on the same network'],
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
