import type { Cli } from './cli.js';

const tries = [
  ['acquire --holder me --hold', 'a slot for you, until Ctrl-C'],
  ['run -- node script.js {cdp_ws}', 'a slot for a command, while it runs'],
  ['setup claude-code', 'slots for an agent, over MCP'],
  ['status --watch', 'the table, live'],
] as const;

/** What to try once a pool is up, in the words in which this program was started. */
export function nextSteps({ env }: Pick<Cli, 'env'>, url: string): string[] {
  const program = env['npm_command'] === undefined ? 'escarp' : 'npx escarp';
  return [
    `The broker answers at ${url}; look with: curl ${url}/status`,
    '',
    'Next:',
    ...tries.map(([command, meaning]) => `  ${program} ${command.padEnd(30)}  ${meaning}`),
  ];
}
