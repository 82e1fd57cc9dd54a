import { status } from './commands/status.js';
import type { Definition, Option } from './definition.js';
import { leaseCommands } from './lease-commands.js';
import { flag, number, slot, text } from './options.js';
import { poolCommands } from './pool-commands.js';

const poolOptions: readonly Option[] = [
  number('pool-size', 'How many slots'),
  number('cdp-base-port', 'CDP port of slot 0; slot N has this plus N'),
  flag('headless', 'Without windows (default)', { conflicts: ['headed', 'displays', 'cua-apps'] }),
  flag('headed', 'With windows, on the screen that is there'),
  flag('displays', 'Linux: a display of its own for each slot', { conflicts: ['cua-apps'] }),
  flag('cua-apps', 'macOS: an application of its own for each slot'),
  {
    ...text('tier', 'What a slot keeps between holders'),
    choices: ['autonomous', 'delegated', 'supervised'],
  },
];

const requireToken = flag(
  'require-token',
  'Ask every caller for a token, made and kept for you, until --no-require-token',
);

/** Every command, in the order in which help shows them. */
const commands: readonly Definition[] = [
  {
    name: 'up',
    summary: 'Bring up the pool and the daemon, and show them',
    options: [...poolOptions, requireToken],
    examples: [
      ['escarp up', 'four headless slots and a daemon in the background'],
      ['escarp up --headless', 'a pool that is down and had windows comes back without'],
      ['escarp up --pool-size 2 --headed', 'two slots with windows'],
    ],
    run: async (cli, args) => (await import('./commands/up.js')).up(cli, args),
  },
  {
    name: 'down',
    summary: 'Stop the daemon and every slot',
    options: [flag('force', 'Also when slots are leased')],
    examples: [
      ['escarp down', 'stop everything, unless a slot is leased'],
      ['escarp down --force', 'stop everything, whoever holds a slot'],
    ],
    run: async (cli, args) => (await import('./commands/down.js')).down(cli, args),
  },
  {
    name: 'status',
    summary: 'Show the slots, who holds them and where they are',
    options: [flag('watch', 'Keep showing it, live', { conflicts: ['json'] })],
    examples: [
      ['escarp status', 'the table'],
      ['escarp status --watch', 'the same, live, until Ctrl-C'],
    ],
    run: status,
  },
  ...leaseCommands,
  {
    name: 'mcp',
    summary: 'Serve MCP on standard input and output',
    takesCommand: 'optionally',
    options: [
      flag('no-autostart', 'Fail if no daemon answers, instead of bringing up pool and daemon'),
      {
        ...text('browser', 'Also serve the tools of this page server, on leased browsers'),
        choices: ['playwright', 'devtools', 'agent-browser'],
      },
      { ...flag('lazy', 'Acquire a lease for a page call while none is held'), default: true },
      {
        ...number(
          'idle-release',
          'Minutes without a call after which such a lease is given back, 0 for never',
        ),
        default: 15,
      },
      number(
        'max-leases-per-session',
        'How many leases a session may hold; as many as there are slots if not said',
      ),
      {
        ...text('scope', 'Continue the lease that an earlier session of this working tree left'),
        choices: ['worktree'],
      },
    ],
    examples: [
      ['escarp mcp', 'what an agent starts; escarp setup tells it to'],
      ['escarp mcp --browser playwright', 'the tools of @playwright/mcp as well, a browser for each lease'],
      [
        'escarp mcp -- my-page-server --cdp {cdp_http}',
        'the tools of any page server; {cdp_ws} and {port} work, too',
      ],
    ],
    run: async (cli, args) => (await import('./commands/mcp.js')).mcp(cli, args),
  },
  {
    name: 'window',
    summary: "Show which window is a slot's",
    positional: slot,
    options: [flag('verify-key', 'Fail unless the window is the one that has the keyboard')],
    examples: [
      ['escarp window 0', 'which window, process and display slot 0 has'],
      ['escarp window 0 --verify-key', 'make sure that what is typed goes there'],
    ],
    run: async (cli, args) => (await import('./commands/window.js')).window(cli, args),
  },
  {
    name: 'focus',
    summary: "Bring a slot's window to the front, and make sure that it is there",
    positional: slot,
    examples: [['escarp focus 0', 'slot 0 gets the keyboard']],
    run: async (cli, args) => (await import('./commands/window.js')).focus(cli, args),
  },
  {
    name: 'screenshot',
    summary: "Save what a slot's screen shows",
    positional: slot,
    options: [{ ...text('out', 'File to write'), default: 'screenshot.png' }],
    examples: [['escarp screenshot 0 --out slot-0.png', "slot 0's screen, or its window, as a PNG"]],
    run: async (cli, args) => (await import('./commands/window.js')).screenshot(cli, args),
  },
  {
    name: 'launch-pool',
    summary: 'Launch the slots, without a daemon',
    options: poolOptions,
    examples: [['escarp launch-pool --pool-size 3', 'three headless slots; running ones are left alone']],
    run: async (cli, args) => (await import('./commands/launch-pool.js')).launchPool(cli, args),
  },
  {
    name: 'daemon',
    summary: 'Broker leases; the slots outlive the daemon',
    options: [
      flag('background', 'Start it in the background and return'),
      flag('no-heal', 'Only find browsers that run; launch and relaunch none'),
      requireToken,
    ],
    examples: [
      ['escarp daemon --background', 'start it and return when it serves'],
      ['escarp daemon stop', 'stop brokering; browsers live on'],
    ],
    run: async (cli, args) => (await import('./commands/daemon.js')).daemon(cli, args),
    commands: [
      {
        name: 'stop',
        summary: 'Stop the daemon; the slots live on',
        options: [
          flag('kill-pool', 'Stop the slots as well'),
          flag('force', 'Also when slots are leased, and by SIGKILL if it does not end'),
          { ...number('grace', 'Seconds it has to end'), default: 10 },
        ],
        examples: [
          ['escarp daemon stop', 'stop brokering; the browsers live on'],
          ['escarp daemon stop --kill-pool', 'stop the browsers as well'],
        ],
        run: async (cli, args) => (await import('./commands/daemon-stop.js')).daemonStop(cli, args),
      },
    ],
  },
  ...poolCommands,
  {
    name: 'log',
    summary: 'Print what happened: the journal, readably',
    options: [number('tail', 'Only the last so many events'), number('slot', 'Only events of this slot')],
    examples: [['escarp log --slot 0 --tail 20', 'the last that happened to slot 0']],
    run: async (cli, args) => (await import('./commands/log.js')).log(cli, args),
  },
  {
    name: 'logs',
    summary: "Print the daemon's log, or a slot's browser's",
    options: [
      number('slot', "This slot's browser"),
      { ...number('tail', 'Only the last so many lines'), default: 50 },
    ],
    examples: [
      ['escarp logs', "the end of the daemon's log"],
      ['escarp logs --slot 0 --tail 200', 'what the browser of slot 0 wrote'],
    ],
    run: async (cli, args) => (await import('./commands/logs.js')).logs(cli, args),
  },
  {
    name: 'demo',
    summary: 'Show everything once: a pool of two, a lease, a driven page',
    options: [flag('once', 'End when it was shown, instead of keeping the pool until Ctrl-C')],
    examples: [['escarp demo --once', 'shown, and nothing of it left']],
    run: async (cli, args) => (await import('./commands/demo.js')).demo(cli, args),
  },
  {
    name: 'install-browser',
    summary: 'Find a browser, or install Chrome for Testing',
    examples: [['escarp install-browser', 'once for a machine; its path is printed']],
    run: async (cli) => (await import('./commands/install-browser.js')).installBrowser(cli),
  },
  {
    name: 'setup',
    summary: 'Register escarp with an agent',
    positional: {
      name: 'client',
      summary: 'The agent',
      type: 'string',
      required: true,
      choices: ['claude-code', 'codex', 'cursor', 'vscode', 'gemini', 'agents-md'],
    },
    options: [
      {
        ...text('browser', 'Also serve the tools of this page server, on leased browsers'),
        choices: ['playwright', 'devtools', 'agent-browser'],
      },
      flag('dry-run', 'Only show what would be changed'),
      flag('remove', 'Take the registrations away'),
    ],
    examples: [
      [
        'escarp setup claude-code --browser playwright',
        'one server with its own tools and those of @playwright/mcp',
      ],
    ],
    run: async (cli, args) => (await import('./commands/setup.js')).setup(cli, args),
  },
  {
    name: 'doctor',
    summary: 'Find out what is wrong with this machine, and the remedy',
    examples: [['escarp doctor', 'exits with 1 only if nothing can work']],
    run: async (cli) => (await import('./commands/doctor.js')).doctor(cli),
  },
  {
    name: 'selftest',
    summary: 'Try live what depends on this machine: everything, or one part',
    examples: [['escarp selftest', 'everything; after a system update, say']],
    run: async (cli) => (await import('./commands/selftest.js')).selftest(cli),
    commands: [
      {
        name: 'identity',
        summary: 'Windows, focus, displays and bundles, with a browser of its own',
        examples: [['escarp selftest identity', 'windows and focus alone']],
        run: async (cli) => (await import('./commands/selftest.js')).selftest(cli),
      },
    ],
  },
  {
    name: 'plan',
    summary: 'Say how many slots so many agents need, by simulation',
    options: [
      { ...number('agents', 'How many agents'), default: 10 },
      { ...text('busy', 'Share of its time for which an agent wants a browser'), default: '30%' },
      { ...number('session', 'Mean seconds an agent keeps a browser'), default: 60 },
      { ...number('reset', 'Seconds from a release until the slot can be leased again'), default: 0.3 },
      { ...number('wait', 'Seconds that 19 of 20 agents wait at most'), default: 5 },
      { ...number('seed', 'The same seed gives the same figures'), default: 1 },
    ],
    examples: [['escarp plan --agents 40 --busy 30%', 'waiting times by pool size, and the size to choose']],
    run: async (cli, args) => (await import('./commands/plan.js')).plan(cli, args),
  },
  {
    name: 'docs',
    summary: 'Read the documentation of this version',
    positional: { name: 'topic', summary: 'The page', type: 'string', required: false },
    examples: [
      ['escarp docs', 'which pages there are'],
      ['escarp docs http', 'the page about the HTTP interface'],
    ],
    run: async (cli, args) => (await import('./commands/docs.js')).docs(cli, args),
  },
  {
    name: 'completion',
    summary: 'Print completions for a shell',
    positional: {
      name: 'shell',
      summary: 'The shell',
      type: 'string',
      required: true,
      choices: ['bash', 'zsh', 'fish'],
    },
    examples: [['eval "$(escarp completion bash)"', 'for this shell; put it in ~/.bashrc']],
    run: async (cli, args) => (await import('./command-line.js')).completion(cli, args),
  },
];

export const program: Definition = {
  name: 'escarp',
  summary: 'Leases real browsers to coding agents.',
  options: [flag('version', 'Show the version')],
  examples: [
    ['escarp up', 'bring up the pool and the daemon'],
    ['escarp run -- node script.js {cdp_ws}', 'run a command that has a slot while it lives'],
  ],
  commands,
};
