import { status } from './commands/status.js';
import type { Definition } from './definition.js';
import { leaseCommands } from './lease-commands.js';
import { loginCommands } from './login-commands.js';
import { flag, number, slot, text } from './options.js';
import { peopleCommands } from './people-commands.js';
import { screenshotCommands } from './screenshot-commands.js';
import { poolCommands } from './pool-commands.js';
import { poolOptions, requireToken, spares } from './pool-options.js';

/** Every command, in the order in which help shows them. */
const commands: readonly Definition[] = [
  {
    name: 'up',
    summary: 'Start the pool and the daemon, and show their status',
    options: [...poolOptions, spares, requireToken],
    examples: [
      ['escarp up', 'four headless slots and a daemon in the background'],
      ['escarp up --headless', 'restart a stopped pool that had windows without them'],
      ['escarp up --pool-size 2 --headed', 'two slots with windows'],
      ['escarp up --spares', 'slots that can be leased again sooner, for 90 MB more while they are leased'],
    ],
    run: async (cli, args) => (await import('./commands/up.js')).up(cli, args),
  },
  {
    name: 'down',
    summary: 'Stop the daemon and every slot',
    options: [flag('force', 'Stop even if slots are leased')],
    examples: [
      ['escarp down', 'stop everything, unless a slot is leased'],
      ['escarp down --force', 'stop everything, even leased slots'],
    ],
    run: async (cli, args) => (await import('./commands/down.js')).down(cli, args),
  },
  {
    name: 'status',
    summary: 'Show the slots, their holders and their addresses',
    options: [flag('watch', 'Keep the table on screen and update it live', { conflicts: ['json'] })],
    examples: [
      ['escarp status', 'the table'],
      ['escarp status --watch', 'the same table, updated live until Ctrl-C'],
    ],
    run: status,
  },
  ...leaseCommands,
  ...peopleCommands,
  ...screenshotCommands,
  ...loginCommands,
  {
    name: 'mcp',
    summary: 'Serve MCP on standard input and output',
    takesCommand: 'optionally',
    options: [
      flag('no-autostart', 'Fail if no daemon answers, instead of starting the pool and the daemon'),
      {
        ...text('browser', 'Also serve the tools of this page server, on leased browsers'),
        choices: ['playwright', 'devtools', 'agent-browser'],
      },
      { ...flag('lazy', 'Acquire a lease when a page tool is called and none is held'), default: true },
      {
        ...number('idle-release', 'Release such a lease after N minutes without a call; 0 means never'),
        default: 15,
      },
      number('max-leases-per-session', 'How many leases a session may hold (default: the number of slots)'),
      {
        ...text('scope', 'Continue with the lease that an earlier session in this working tree left open'),
        choices: ['worktree'],
      },
    ],
    examples: [
      ['escarp mcp', 'agents start this themselves after escarp setup'],
      ['escarp mcp --browser playwright', 'also serve the tools of @playwright/mcp, one browser per lease'],
      [
        'escarp mcp -- my-page-server --cdp {cdp_http}',
        'also serve the tools of any other page server; {cdp_ws} and {port} work too',
      ],
    ],
    run: async (cli, args) => (await import('./commands/mcp.js')).mcp(cli, args),
  },
  {
    name: 'window',
    summary: 'Show which window belongs to a slot',
    positional: slot,
    options: [flag('verify-key', 'Fail unless this window has the keyboard focus')],
    examples: [
      ['escarp window 0', 'show the window, process and display of slot 0'],
      ['escarp window 0 --verify-key', 'check that typed keys would go to this window'],
    ],
    run: async (cli, args) => (await import('./commands/window.js')).window(cli, args),
  },
  {
    name: 'focus',
    summary: "Bring a slot's window to the front, and verify it",
    positional: slot,
    examples: [['escarp focus 0', 'give slot 0 the keyboard focus']],
    run: async (cli, args) => (await import('./commands/window.js')).focus(cli, args),
  },
  {
    name: 'screenshot',
    summary: 'Save a screenshot of a slot',
    positional: slot,
    options: [{ ...text('out', 'File to write'), default: 'screenshot.png' }],
    examples: [['escarp screenshot 0 --out slot-0.png', "save slot 0's display, or its window, as a PNG"]],
    run: async (cli, args) => (await import('./commands/window.js')).screenshot(cli, args),
  },
  {
    name: 'launch-pool',
    summary: 'Launch the slots without a daemon',
    options: poolOptions,
    examples: [
      ['escarp launch-pool --pool-size 3', 'launch three headless slots; running ones are left alone'],
    ],
    run: async (cli, args) => (await import('./commands/launch-pool.js')).launchPool(cli, args),
  },
  {
    name: 'daemon',
    summary: 'Run the daemon, which leases the slots; they outlive it',
    options: [
      flag('background', 'Start in the background and return'),
      flag('no-heal', 'Only adopt running browsers; never launch or relaunch one'),
      requireToken,
    ],
    examples: [
      ['escarp daemon --background', 'start it, and return when it is ready'],
      ['escarp daemon stop', 'stop leasing; the browsers keep running'],
    ],
    run: async (cli, args) => (await import('./commands/daemon.js')).daemon(cli, args),
    commands: [
      {
        name: 'stop',
        summary: 'Stop the daemon; the slots keep running',
        options: [
          flag('kill-pool', 'Also stop the slots'),
          flag('force', 'Stop even if slots are leased, with SIGKILL if necessary'),
          { ...number('grace', 'Seconds it gets to shut down'), default: 10 },
        ],
        examples: [
          ['escarp daemon stop', 'stop leasing; the browsers keep running'],
          ['escarp daemon stop --kill-pool', 'stop the browsers too'],
        ],
        run: async (cli, args) => (await import('./commands/daemon-stop.js')).daemonStop(cli, args),
      },
    ],
  },
  ...poolCommands,
  {
    name: 'log',
    summary: 'Print the journal in readable form: what happened, and when',
    options: [number('tail', 'Only the last N events'), number('slot', 'Only events of slot N')],
    examples: [['escarp log --slot 0 --tail 20', 'the last 20 events of slot 0']],
    run: async (cli, args) => (await import('./commands/log.js')).log(cli, args),
  },
  {
    name: 'logs',
    summary: "Print the log of the daemon, or of a slot's browser",
    options: [
      number('slot', "Show the log of this slot's browser"),
      { ...number('tail', 'Only the last N lines'), default: 50 },
    ],
    examples: [
      ['escarp logs', "the end of the daemon's log"],
      ['escarp logs --slot 0 --tail 200', 'what the browser of slot 0 wrote'],
    ],
    run: async (cli, args) => (await import('./commands/logs.js')).logs(cli, args),
  },
  {
    name: 'demo',
    summary: 'Demonstrate everything once: a pool of two, a lease, a page being driven',
    options: [flag('once', 'Exit when done, instead of keeping the pool until Ctrl-C')],
    examples: [['escarp demo --once', 'show it, and leave nothing behind']],
    run: async (cli, args) => (await import('./commands/demo.js')).demo(cli, args),
  },
  {
    name: 'install-browser',
    summary: 'Find a browser, or install Chrome for Testing',
    examples: [['escarp install-browser', 'run once per machine; prints the path of the browser']],
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
      flag('dry-run', 'Only show what would change'),
      flag('remove', 'Remove the registration'),
    ],
    examples: [
      [
        'escarp setup claude-code --browser playwright',
        'register one server that also has the tools of @playwright/mcp',
      ],
    ],
    run: async (cli, args) => (await import('./commands/setup.js')).setup(cli, args),
  },
  {
    name: 'doctor',
    needsNoHome: true,
    summary: 'Find problems on this machine, and how to fix them',
    examples: [['escarp doctor', 'exits with 1 only if a problem is fatal']],
    run: async (cli) => (await import('./commands/doctor.js')).doctor(cli),
  },
  {
    name: 'selftest',
    summary: 'Test live what depends on this machine: everything, or one part',
    examples: [['escarp selftest', 'test everything, for example after a system update']],
    run: async (cli) => (await import('./commands/selftest.js')).selftest(cli),
    commands: [
      {
        name: 'identity',
        summary: 'Test windows, focus, displays and bundles with a separate browser',
        examples: [['escarp selftest identity', 'test only windows and focus']],
        run: async (cli) => (await import('./commands/selftest.js')).selftest(cli),
      },
    ],
  },
  {
    name: 'plan',
    needsNoHome: true,
    summary: 'Estimate by simulation how many slots your agents need',
    options: [
      { ...number('agents', 'Number of agents'), default: 10 },
      { ...text('busy', 'Share of its time in which an agent needs a browser'), default: '30%' },
      { ...number('session', 'Average seconds for which an agent keeps a browser'), default: 60 },
      { ...number('reset', 'Seconds from a release until the slot can be leased again'), default: 0.3 },
      { ...number('wait', 'Longest wait, in seconds, that 19 of 20 requests may have'), default: 5 },
      { ...number('seed', 'Seed of the simulation; the same seed gives the same figures'), default: 1 },
    ],
    examples: [['escarp plan --agents 40 --busy 30%', 'waiting times by pool size, and a recommended size']],
    run: async (cli, args) => (await import('./commands/plan.js')).plan(cli, args),
  },
  {
    name: 'docs',
    needsNoHome: true,
    summary: 'Read the documentation of this version',
    positional: { name: 'topic', summary: 'The page', type: 'string', required: false },
    examples: [
      ['escarp docs', 'list the pages'],
      ['escarp docs http', 'show the page about the HTTP interface'],
    ],
    run: async (cli, args) => (await import('./commands/docs.js')).docs(cli, args),
  },
  {
    name: 'completion',
    needsNoHome: true,
    summary: 'Print completions for a shell',
    positional: {
      name: 'shell',
      summary: 'The shell',
      type: 'string',
      required: true,
      choices: ['bash', 'zsh', 'fish'],
    },
    examples: [
      [
        'eval "$(escarp completion bash)"',
        'enable completions in this shell; add the line to ~/.bashrc to keep them',
      ],
    ],
    run: async (cli, args) => (await import('./command-line.js')).completion(cli, args),
  },
];

export const program: Definition = {
  name: 'escarp',
  summary: 'Leases real browsers to coding agents.',
  options: [flag('version', 'Show the version')],
  examples: [
    ['escarp up', 'start the pool and the daemon'],
    ['escarp run -- node script.js {cdp_ws}', 'run a command with a slot of its own'],
  ],
  commands,
};
