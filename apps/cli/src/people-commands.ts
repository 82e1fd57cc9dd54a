import type { Definition } from './definition.js';
import { flag, number, text } from './options.js';

const answerOptions = [
  text('note', 'A word to the agent'),
  text('who', 'Your name, for the log; that of the system if not said'),
];

/** Commands by which agents ask people, and people decide. */
export const peopleCommands: readonly Definition[] = [
  {
    name: 'ask',
    summary: 'Ask a person for help with a leased browser, and wait for the answer',
    positional: { name: 'reason', summary: 'What a person is needed for', type: 'string', required: true },
    options: [
      text('instructions', 'What the person is to do; shown to operators alone'),
      { ...number('timeout', 'Seconds to wait, at most 3600'), default: 300 },
      number('slot', 'Which lease of this working tree, if there are several'),
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
];
