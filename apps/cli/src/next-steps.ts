/** What to try once a pool is up. */
export function nextSteps(url: string): string[] {
  return [
    `The broker answers at ${url}; look with: curl ${url}/status`,
    '',
    'Next:',
    '  escarp acquire --holder me --hold     a slot for you, until Ctrl-C',
    '  escarp run -- npx playwright test     a slot for a command, while it runs',
    '  escarp setup claude-code              slots for an agent, over MCP',
    '  escarp status --watch                 the table, live',
  ];
}
