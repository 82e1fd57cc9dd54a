import { once } from 'node:events';
import { createServer } from 'node:http';

/** A local site with a page of every name, which is its title and all that it shows. */
export interface NamedPages {
  readonly url: string;
  close(): void;
}

export async function startNamedPages(): Promise<NamedPages> {
  const server = createServer(({ url = '/' }, response) => {
    const name = decodeURIComponent(url.slice(1));
    const page = `<!doctype html><title>${name}</title><link rel="icon" href="data:,"><h1>${name}</h1>`;
    response.setHeader('content-type', 'text/html').end(page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
