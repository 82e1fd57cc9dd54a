import { once } from 'node:events';
import { createServer } from 'node:http';

/** A local site with something to click and something to read. */
export interface PageSite {
  readonly url: string;
  close(): void;
}

const page = `<!doctype html><title>Workbench</title>
<button id="press" onclick="document.querySelector('output').textContent = 'pressed ' + ++presses">Press me</button>
<output>not pressed</output><script>let presses = 0</script>`;

export async function startPageSite(): Promise<PageSite> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
