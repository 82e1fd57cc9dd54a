/** Paths of the sockets of a browser and of the first of its pages, which only who asks its port can know. */
export async function socketsOf(port: number): Promise<string[]> {
  const version: { webSocketDebuggerUrl: string } = await answer(port, '/json/version');
  const [page] = await targets(port);
  return [version.webSocketDebuggerUrl, page?.webSocketDebuggerUrl ?? ''].map((url) => new URL(url).pathname);
}

/** What is open in a browser: a new tab, a closed one and one that was sent elsewhere show in it. */
export async function openTabs(port: number): Promise<string[]> {
  return (await targets(port)).map(({ id, url }) => `${id} ${url}`).toSorted();
}

interface Target {
  readonly id: string;
  readonly url: string;
  readonly webSocketDebuggerUrl: string;
}

async function targets(port: number): Promise<Target[]> {
  return answer(port, '/json/list');
}

async function answer<T>(port: number, path: string): Promise<T> {
  return JSON.parse(await (await fetch(`http://127.0.0.1:${port}${path}`)).text());
}
