import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Page } from 'playwright-core';

/** A site that shows its home page only to who has signed in there. */
export interface BenchSite {
  /** With the form to sign in at. */
  readonly url: string;
  readonly home: string;
}

/** What the home page shows to who is signed in. */
export const signedInText = 'Signed in as ada';

/** Lends a local site whose login is a cookie and an entry of localStorage. */
export async function withLoginSite<T>(use: (site: BenchSite) => Promise<T>): Promise<T> {
  const sessions = new Set<string>();
  const server = createServer((request, response) => answer(request, response, sessions));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  try {
    return await use({ url: `${origin}/sign-in`, home: `${origin}/home` });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Signs in with the page, which need not be at the site yet. */
export async function signIn(page: Page, { url }: BenchSite): Promise<void> {
  await sayingWhere(page, async () => {
    await page.goto(url);
    await fillIn(page);
    await page.getByText(signedInText).waitFor();
  });
}

/** Signs in with a page that somebody else opens at the site, and who may close the browser as soon as it is signed in. */
export async function signInWhenOpened(page: Page, { url }: BenchSite): Promise<void> {
  await sayingWhere(page, async () => {
    await page.waitForURL(url);
    await fillIn(page);
  });
}

/** What an error says of a page. */
type SeenPage = Pick<Page, 'url'> & { evaluate(expression: string): Promise<unknown> };

/** Does `work` with the page. Rejects as that does, and with what the page showed then. */
export async function sayingWhere(page: SeenPage, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const text = await page.evaluate('document.body?.innerText').catch(() => 'nothing that can be read');
    throw new Error(`${String(cause)} The page was ${page.url()} and showed: ${String(text)}`, { cause });
  }
}

async function fillIn(page: Page): Promise<void> {
  await page.fill('[name=password]', 'secret');
  await page.click('button', { noWaitAfter: true });
}

function answer(request: IncomingMessage, response: ServerResponse, sessions: Set<string>): void {
  response.setHeader('content-type', 'text/html');
  if (request.method === 'POST') {
    const id = randomBytes(16).toString('hex');
    sessions.add(id);
    const cookie = `sid=${id}; HttpOnly; Path=/; Max-Age=3600`;
    response.writeHead(200, { 'set-cookie': cookie }).end(welcome);
    return;
  }
  const id = /sid=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  response.end(request.url === '/home' && sessions.has(id) ? home : form);
}

const form = `<!doctype html><form method="post" action="/sign-in"><input name="password"><button>Sign in</button></form>`;
const welcome = `<!doctype html><script>localStorage.setItem('user', 'ada'); location.replace('/home')</script>`;
const home = `<!doctype html><p id="who"></p>
<script>who.textContent = localStorage.getItem('user') === 'ada' ? '${signedInText}' : 'Who are you?'</script>`;
