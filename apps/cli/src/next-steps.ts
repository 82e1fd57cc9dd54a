import type { Cli } from './cli.js';

const tries = [
  ['acquire --holder me --hold', 'hold a slot until Ctrl-C'],
  ['run -- node script.js {cdp_ws}', 'give a command a slot while it runs'],
  ['setup claude-code', 'let an agent lease slots over MCP'],
  ['status --watch', 'show the slots live'],
] as const;

/**
 * What to try once a pool is up, phrased for the way in which this program was started. A daemon that requires a token
 * refuses a bare request, so none is suggested.
 */
export function nextSteps({ env }: Pick<Cli, 'env'>, url: string, requiresToken = false): string[] {
  const program = env['npm_command'] === undefined ? 'escarp' : 'npx escarp';
  return [
    requiresToken
      ? `The daemon answers at ${url} to callers that send its token, as your escarp commands do.`
      : `The daemon answers at ${url}; try: curl ${url}/status`,
    '',
    'Next:',
    ...tries.map(([command, meaning]) => `  ${program} ${command.padEnd(30)}  ${meaning}`),
  ];
}
