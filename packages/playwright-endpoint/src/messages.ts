/** What the program that holds the suite's library is asked, a line of JSON each on its standard input. */
export type Request =
  | {
      readonly type: 'bind';
      /** Names the browser in every later message about it. */
      readonly id: string;
      /** Of the leased browser. */
      readonly cdpWsUrl: string;
      /** Shown where Playwright lists browsers. */
      readonly title: string;
    }
  | {
      readonly type: 'launch';
      readonly id: string;
      readonly engine: OtherEngine;
      readonly launchOptions: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'end'; readonly id: string };

/** What it answers and reports, a line of JSON each on its standard output. */
export type Report =
  | { readonly type: 'ready'; readonly id: string; readonly endpoint: string }
  | { readonly type: 'failed'; readonly id: string; readonly message: string }
  /** The worker has disconnected, or the browser is gone. */
  | { readonly type: 'gone'; readonly id: string };

/** Engines of Playwright's that escarp has no slots of. */
export const otherEngines = ['firefox', 'webkit'] as const;
export type OtherEngine = (typeof otherEngines)[number];
