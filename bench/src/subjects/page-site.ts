import { once } from 'node:events';
import { createServer } from 'node:http';

const page = `<!doctype html><title>Bench</title><button onclick="presses++">Press</button>
<script>let presses = 0; localStorage.setItem('visited', 'yes'); document.cookie = 'visited=yes'</script>`;

/** Lends a local page that every contender goes to. It leaves something for resets to clear. */
export async function withPage<T>(use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    return await use(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
