import { describe, expect, it } from 'vitest';
import type { Definition } from '../src/definition.js';
import { flag, number, slot, text } from '../src/options.js';
import { parse } from '../src/parse.js';

const run = async (): Promise<number> => 0;
const program: Definition = {
  name: 'escarp',
  summary: 'Leases browsers.',
  options: [flag('version', 'Show the version')],
  commands: [
    { name: 'status', summary: 'Shows.', options: [flag('watch', 'Stay')], run },
    {
      name: 'setup',
      summary: 'Registers.',
      positional: {
        name: 'client',
        summary: 'The agent',
        type: 'string',
        required: true,
        choices: ['cursor', 'codex'],
      },
      options: [
        { ...text('browser', 'Too'), choices: ['playwright', 'devtools'] },
        { ...number('wait', 'Seconds'), default: 5 },
      ],
      run,
    },
    {
      name: 'release',
      summary: 'Gives back.',
      options: [text('token', 'The lease'), flag('no-wait', 'At once')],
      run,
    },
    { name: 'run', summary: 'Runs.', takesCommand: 'always', options: [text('holder', 'Who')], run },
    {
      name: 'daemon',
      summary: 'Brokers.',
      options: [flag('background', 'Return'), flag('heal', 'Relaunch')],
      run,
      commands: [{ name: 'stop', summary: 'Stops.', options: [flag('force', 'Also when leased')], run }],
    },
    {
      name: 'pool',
      summary: 'Changes the pool.',
      commands: [
        { name: 'add', summary: 'Adds.', positional: { ...slot, required: false }, run },
        { name: 'remove', summary: 'Removes.', positional: slot, options: [flag('force', 'If leased')], run },
      ],
    },
  ],
};

const parsed = (line: string) => {
  const { path, values } = parse(line.split(' '), program);
  return { path: path.map(({ name }) => name).join(' '), values };
};

describe('a command line', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['status --watch --json', 'escarp status', { watch: true, json: true }],
    ['--json status', 'escarp status', { json: true }],
    ['pool --verbose remove 3 --force', 'escarp pool remove', { slot: 3, force: true, verbose: true }],
    ['pool add', 'escarp pool add', {}],
    ['setup cursor --browser=devtools', 'escarp setup', { client: 'cursor', browser: 'devtools', wait: 5 }],
    ['setup --wait 0.5 codex', 'escarp setup', { client: 'codex', wait: 0.5 }],
    ['setup cursor --wait 1 --wait 2', 'escarp setup', { client: 'cursor', wait: 2 }],
    ['setup -- cursor', 'escarp setup', { client: 'cursor', wait: 5 }],
    ['release --no-wait', 'escarp release', { 'no-wait': true }],
    ['daemon --no-heal', 'escarp daemon', { heal: false }],
    ['daemon --no-heal --heal', 'escarp daemon', { heal: true }],
    ['daemon stop --force', 'escarp daemon stop', { force: true }],
    ['release --token -dash', 'escarp release', { token: '-dash' }],
    ['release --token=--dashes', 'escarp release', { token: '--dashes' }],
    ['release --token 007', 'escarp release', { token: '007' }],
    ['release --token="a"', 'escarp release', { token: '"a"' }],
    ['release --token a.b', 'escarp release', { token: 'a.b' }],
    [
      'run --holder me -- node --holder you 1',
      'escarp run',
      { holder: 'me', '--': ['node', '--holder', 'you', '1'] },
    ],
    ['run -- --help', 'escarp run', { '--': ['--help'] }],
    ['setup --help', 'escarp setup', { help: true, wait: 5 }],
    ['status -h', 'escarp status', { help: true }],
  ])('%s', (line, path, values) => {
    expect(parsed(line)).toEqual({ path, values });
  });
});

describe('a mistake', () => {
  it.each([
    ['statsu', 'There is no command statsu. Did you mean status?'],
    ['stauts --watch', 'There is no command stauts. Did you mean status?'],
    ['pool ad', 'There is no command pool ad. Did you mean pool add?'],
    ['pool xy', 'There is no command pool xy.'],
    ['frobnicate', 'There is no command frobnicate.'],
    ['help', 'There is no command help.'],
    ['status --wacth', 'There is no option --wacth. Did you mean --watch?'],
    ['status --wacth --help', 'There is no option --wacth. Did you mean --watch?'],
    ['run --holdr=me -- true', 'There is no option --holdr=me. Did you mean --holder?'],
    ['setup cursor --browsers playwright', 'There is no option --browsers. Did you mean --browser?'],
    ['status --jsn', 'There is no option --jsn. Did you mean --json?'],
    ['daemon --no-hela', 'There is no option --no-hela. Did you mean --no-heal?'],
    ['status --version', 'There is no option --version.'],
    ['--watch status', 'There is no option --watch.'],
    ['daemon --background stop', 'There is no option --background.'],
    ['status -x', 'There is no option -x.'],
    ['pool add -1', 'There is no option -1.'],
    ['status help', 'status takes no "help".'],
    ['status --watch=yes', '--watch takes no value.'],
    ['status --no-watch=1', '--no-watch takes no value.'],
    ['status --watch true', 'status takes no "true".'],
    ['pool remove', 'pool remove needs a slot.'],
    ['pool remove 1 2', 'pool remove takes no "2".'],
    ['pool remove one', 'The slot must be a number, not "one".'],
    ['pool remove 1e999', 'The slot must be a number, not "1e999".'],
    ['setup', 'setup needs a client: one of cursor, codex.'],
    // As with a variable in quotes that is not set.
    ['setup ', 'setup needs a client: one of cursor, codex.'],
    ['setup emacs', 'The client cannot be "emacs"; it is one of cursor, codex.'],
    ['setup cursor --browser x', '--browser cannot be "x"; it is one of playwright, devtools.'],
    ['setup cursor --browser=', '--browser needs a value: one of playwright, devtools.'],
    ['setup cursor --wait', '--wait needs a value.'],
    ['setup cursor --wait soon', '--wait must be a number, not "soon".'],
    ['release --token --json', '--token needs a value.'],
    ['release --token --wacth', '--token needs a value.'],
    ['run node -- true', 'run takes no "node" before the two dashes.'],
  ])('%s: %s', (line, message) => {
    expect(() => parsed(line)).toThrow(expect.objectContaining({ code: 'bad_usage', message }));
  });

  it.each([
    ['statsu', 'escarp --help shows all commands.'],
    ['pool ad', 'escarp pool --help shows its commands.'],
    ['status --jsn', 'escarp status --help shows its options.'],
    ['pool remove --forse', 'escarp pool remove --help shows its options.'],
  ])('%s: the next step is %s', (line, hint) => {
    expect(() => parsed(line)).toThrow(expect.objectContaining({ hint }));
  });

  it.each(['de_DE.UTF-8', 'pirate', 'zh_CN'])('is reported in English if the locale is %s', (locale) => {
    const before = process.env['LC_ALL'];
    process.env['LC_ALL'] = locale;
    expect(() => parsed('setup cursor --wait')).toThrow('--wait needs a value.');
    if (before === undefined) delete process.env['LC_ALL'];
    else process.env['LC_ALL'] = before;
  });
});
