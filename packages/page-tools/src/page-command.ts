/** How a page server is started for one lease. */
export type PageCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Run when the lease ends, for a server that leaves a process of its own behind. */
  readonly afterwards?: readonly string[];
};

/** What a page server is told of its lease. */
export type LeasedBrowser = {
  readonly handle: string;
  readonly slot: number;
  readonly cdpPort: number;
  readonly cdpHttpUrl: string;
  readonly cdpWsUrl: string | null;
};

const agentBrowser = ['--yes', 'agent-browser@0.41.2'];

/** Page servers known to escarp, at the versions it was tested with. */
export const pageCommands = {
  playwright: {
    command: 'npx',
    args: ['--yes', '@playwright/mcp@0.0.83', '--cdp-endpoint', '{cdp_http}'],
  },
  devtools: {
    command: 'npx',
    args: ['--yes', 'chrome-devtools-mcp@1.11.0', '--no-usage-statistics', '--browser-url={cdp_http}'],
  },
  'agent-browser': {
    command: 'npx',
    args: [...agentBrowser, 'mcp'],
    env: { AGENT_BROWSER_CDP: '{cdp_http}', AGENT_BROWSER_SESSION: 'escarp-{lease}' },
    afterwards: ['npx', ...agentBrowser, '--session', 'escarp-{lease}', 'close'],
  },
} as const satisfies Record<string, PageCommand>;

/** A page server that is known by name. */
export type BrowserTool = keyof typeof pageCommands;

/** The command with `{cdp_http}`, `{cdp_ws}`, `{slot}`, `{port}` and `{lease}` replaced. */
export function filledIn(
  { command, args, env = {}, afterwards = [] }: PageCommand,
  browser: LeasedBrowser,
): Required<PageCommand> {
  const values: Record<string, string> = {
    cdp_http: browser.cdpHttpUrl,
    cdp_ws: browser.cdpWsUrl ?? browser.cdpHttpUrl,
    slot: String(browser.slot),
    port: String(browser.cdpPort),
    lease: browser.handle,
  };
  const fill = (text: string) =>
    text.replaceAll(/\{(\w+)\}/g, (whole: string, name: string) => values[name] ?? whole);
  return {
    command: fill(command),
    args: args.map(fill),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
    afterwards: afterwards.map(fill),
  };
}
