import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LoginSessions } from './login-sessions.js';

/** Answers one request to the login site. */
export async function answerLogin(
  request: IncomingMessage,
  response: ServerResponse,
  sessions: LoginSessions,
): Promise<void> {
  const cookie = /__Host-sid=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1];
  const { pathname } = new URL(request.url ?? '/', 'https://login.test');
  const body = request.method === 'POST' ? new URLSearchParams(await textOf(request)) : new URLSearchParams();
  if (pathname === '/service-worker.js') return script(response, '// It only has to be there.');
  if (pathname === '/sign-in' && request.method === 'POST') {
    const made = sessions.signIn(body.get('password') ?? '', body.get('code') ?? '');
    if (made === undefined) return page(response, signInForm('Wrong password or code.'));
    const setCookie = `__Host-sid=${made}; Secure; HttpOnly; Path=/; SameSite=Lax`;
    return void response.writeHead(303, { location: '/welcome', 'set-cookie': setCookie }).end();
  }
  if (pathname === '/sign-out' && cookie !== undefined) sessions.signOut(cookie);
  if (!sessions.isSignedIn(cookie)) return page(response, signInForm('Please sign in.'));
  if (pathname === '/welcome') return page(response, welcome(sessions.firstToken()));
  if (pathname === '/rotate') {
    const next = sessions.rotate(body.get('token') ?? '');
    return void response
      .writeHead(next === undefined ? 401 : 200, { 'content-type': 'text/plain' })
      .end(next ?? '');
  }
  return page(response, home);
}

function signInForm(message: string): string {
  return `<h1>${message}</h1><form method="post" action="/sign-in">
    <input name="password"><input name="code" autocomplete="one-time-code"><button>Sign in</button></form>`;
}

/** Keeps tokens in localStorage, sessionStorage and IndexedDB, a registered worker and a file, then goes home. */
function welcome(token: string): string {
  return `<h1>Welcome</h1><script type="module">
    localStorage.setItem('user', 'ada');
    sessionStorage.setItem('tab', 'first');
    const opening = indexedDB.open('auth', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('tokens').put(new Blob(['${token}']), 'refresh');
    await new Promise((resolve) => (opening.onsuccess = resolve));
    opening.result.close();
    const root = await navigator.storage.getDirectory();
    const writable = await (await root.getFileHandle('device', { create: true })).createWritable();
    await writable.write('${token}');
    await writable.close();
    await navigator.serviceWorker.register('/service-worker.js');
    location.replace('/home');
  </script>`;
}

/** Rotates the refresh token at each visit, as an application with short sessions does. */
const home = `<h1 id="state">Loading</h1><script type="module">
  const opening = indexedDB.open('auth', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('tokens');
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const request = (made) => new Promise((resolve) => (made.onsuccess = () => resolve(made.result)));
  const tokens = () => opening.result.transaction('tokens', 'readwrite').objectStore('tokens');
  const token = await (await request(tokens().get('refresh')))?.text();
  const answer = await fetch('/rotate', { method: 'POST', body: new URLSearchParams({ token: token ?? '' }) });
  const next = new Blob([await answer.text()]);
  if (answer.ok) await request(tokens().put(next, 'refresh'));
  const isHeld = answer.ok && localStorage.getItem('user') === 'ada';
  document.getElementById('state').textContent = isHeld ? 'Signed in as ada' : 'Signed out by the server';
</script>`;

function page(response: ServerResponse, body: string): void {
  response
    .writeHead(200, { 'content-type': 'text/html' })
    .end(`<!doctype html><link rel="icon" href="data:,">${body}`);
}

function script(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'text/javascript' }).end(body);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
