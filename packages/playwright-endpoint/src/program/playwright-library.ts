/** What is used of the suite's Playwright library, whichever version it is. */
export interface PlaywrightLibrary {
  readonly chromium: {
    connectOverCDP(
      endpoint: string,
      options: { noDefaults: boolean; timeout: number },
    ): Promise<BoundBrowser>;
  };
  readonly firefox: Launcher;
  readonly webkit: Launcher;
}

/** A browser that another process may connect to. */
export interface BoundBrowser {
  bind(title: string, options: { host: string; port: number }): Promise<{ endpoint: string }>;
  /** Of a browser that was connected to, this ends the connection and what was opened by it, and not the browser. */
  close(): Promise<void>;
}

interface Launcher {
  launchServer(options: Readonly<Record<string, unknown>>): Promise<LaunchedServer>;
}

/** A browser that was launched for a worker, as the worker would have done itself. */
interface LaunchedServer {
  wsEndpoint(): string;
  close(): Promise<void>;
}
