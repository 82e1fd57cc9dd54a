import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { HeldResponses } from './held-responses.js';
import type { Visits } from './visits.js';

/** What the site remembers of its visitors. */
interface Memory {
  readonly visits: Visits;
  readonly held: HeldResponses;
}

type Answer = (request: IncomingMessage, response: ServerResponse, memory: Memory) => void;

/** Answers one request of the leak site. Unknown paths get a blank page, so that any URL can be visited. */
export function respond(request: IncomingMessage, response: ServerResponse, memory: Memory): void {
  const path = new URL(request.url ?? '/', 'http://site').pathname;
  memory.visits.add(path);
  (answers[path] ?? blankPage)(request, response, memory);
}

const answers: Readonly<Record<string, Answer>> = {
  '/set-cookies': (request, response) => {
    const isSecure = request.socket instanceof TLSSocket;
    response.setHeader('Set-Cookie', isSecure ? secureCookies : plainCookies);
    blankPage(request, response);
  },
  '/cookies': (request, response) => json(response, cookieNames(request)),
  '/headers': (request, response) => json(response, request.headers),
  '/cached': (_, response, { visits }) => {
    response.setHeader('Cache-Control', 'max-age=86400');
    json(response, visits.count('/cached'));
  },
  '/etag': (request, response) => {
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('ETag', '"holder-1"');
    // Always a full answer that tells what came: a 304 would be invisible to the page.
    json(response, request.headers['if-none-match'] ?? null);
  },
  '/moved': (_, response) => {
    response.writeHead(301, { Location: '/blank', 'Cache-Control': 'max-age=86400' }).end();
  },
  '/basic': (request, response) => challenge(request, response, 'Basic realm="basic"'),
  '/digest/login': (request, response) => challenge(request, response, digestChallenge),
  '/digest/probe': (request, response) => json(response, request.headers.authorization ?? null),
  '/probe': (request, response) => json(response, request.headers.authorization ?? null),
  '/hsts': (request, response) => {
    response.setHeader('Strict-Transport-Security', 'max-age=86400');
    blankPage(request, response);
  },
  '/download': (_, response) => {
    response.setHeader('Content-Type', 'text/plain');
    response.setHeader('Content-Disposition', 'attachment; filename="leaked.txt"');
    response.end('a file of the former holder');
  },
  // A download that has begun, and one that the site has not answered yet.
  '/late-body': (_, response, { held }) => {
    response.writeHead(200, attachment('late-body.txt'));
    response.write('the first half');
    held.hold('/late-body', response, () => response.end('the second half'));
  },
  '/late-answer': (_, response, { held }) => {
    held.hold('/late-answer', response, () => {
      response.writeHead(200, attachment('late-answer.txt')).end('all of it');
    });
  },
  '/never-answered': () => {},
  '/hints': (request, response) => {
    response.setHeader('Accept-CH', 'Sec-CH-UA-Model');
    blankPage(request, response);
  },
  // Whether the browser was here before, by what it connects with.
  '/connection': ({ socket }, response) => {
    json(response, seen.has(socket) || (socket instanceof TLSSocket && socket.isSessionReused()));
    seen.add(socket);
  },
  '/service-worker.js': (_, response) => script(response, serviceWorker),
  // Its sync is never over, so that it stays among those that are due.
  '/sync-worker.js': (_, response) =>
    script(response, 'onsync = (event) => event.waitUntil(new Promise(() => {}));'),
  '/shared-worker.js': (_, response) => script(response, 'onconnect = () => {};'),
  '/worker.js': (_, response) => script(response, "setInterval(() => fetch('/worker-alive'), 250);"),
};

const seen = new WeakSet<object>();

const plainCookies = [
  'host=1; Max-Age=86400',
  'session=1',
  'domain=1; Domain=leak.test; Max-Age=86400',
  'httponly=1; HttpOnly; Max-Age=86400',
  'strict=1; SameSite=Strict; Max-Age=86400',
  'path=1; Path=/cookies; Max-Age=86400',
];

const secureCookies = [
  '__Host-host=1; Secure; Path=/; Max-Age=86400',
  '__Secure-secure=1; Secure; Path=/; Max-Age=86400',
  '__Host-partitioned=1; Secure; Path=/; SameSite=None; Partitioned; Max-Age=86400',
];

const digestChallenge = 'Digest realm="digest", qop="auth", nonce="a1b2c3", opaque="d4e5f6", algorithm=MD5';

const serviceWorker = `
oninstall = () => skipWaiting();
onactivate = (event) => event.waitUntil(clients.claim());
onfetch = (event) => {
  if (event.request.url.endsWith('/from-worker')) event.respondWith(new Response('service worker'));
};`;

function attachment(name: string): OutgoingHttpHeaders {
  return {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename="${name}"`,
  };
}

function challenge(request: IncomingMessage, response: ServerResponse, scheme: string): void {
  if (request.headers.authorization === undefined) {
    response.writeHead(401, { 'WWW-Authenticate': scheme }).end();
    return;
  }
  blankPage(request, response);
}

function cookieNames(request: IncomingMessage): string[] {
  return (request.headers.cookie ?? '').split(/;\s*/).map((pair) => pair.split('=')[0] ?? '');
}

// The path is the title, so that a page can be told from others in the browser's own lists.
function blankPage(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Content-Type', 'text/html');
  response.end(`<!doctype html><title>${encodeURI(request.url ?? '')}</title><p>page</p>`);
}

function script(response: ServerResponse, source: string): void {
  response.setHeader('Content-Type', 'text/javascript');
  response.end(source);
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(value));
}
