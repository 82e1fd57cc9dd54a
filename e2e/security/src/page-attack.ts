/** What a hostile page is told to attack. Paths are tried below `target`; texts must survive JSON. */
export interface PageAttack {
  /** `http://host:port` without a path. */
  readonly target: string;
  /** Paths that a GET would read, or by which it would change something. */
  readonly gets: readonly string[];
  /** Paths that a POST would change something by. */
  readonly posts: readonly string[];
  /** Paths that accept WebSockets. */
  readonly sockets: readonly string[];
  /** Origin of a server of the attacker's: see `startHostileSite`. */
  readonly accomplice: string;
  /** Whether elements, frames, forms and workers of a document take part too, where there is a document. */
  readonly usesDocument: boolean;
}

export interface PageLoot {
  readonly tried: number;
  /** Each way in which something was tried, once. */
  readonly ways: readonly string[];
  /** What the page could read, by the way it was read. */
  readonly read: readonly string[];
}

/** An attack under way. */
export interface Raid extends PageAttack {
  tried: number;
  readonly ways: Set<string>;
  readonly read: string[];
  /** One try, by a URL that tells the way as `via`. What the work resolves with was read. */
  readonly attempt: (way: string, path: string, work: (url: string) => Promise<unknown>) => Work;
  /** Where the accomplice sends on to a URL. */
  readonly redirected: (url: string) => string;
}

export type Work = () => Promise<unknown>;
export type Ways = (raid: Raid) => Work[];

/** What is below, as text: nothing else gets to where it runs, into a page, a frame or a worker. */
export const pageFunctions = [
  attackFromPage,
  attempted,
  inLanes,
  byFetch,
  byPostFetch,
  byRequests,
  bySockets,
  byEvents,
];

/** Tries all that a page, a frame or a worker can do to reach a server, one group of ways after the other. */
async function attackFromPage(attack: PageAttack, groups: readonly Ways[]): Promise<PageLoot> {
  const raid: Raid = {
    ...attack,
    tried: 0,
    ways: new Set(),
    read: [],
    attempt: (way, path, work) => () => attempted(raid, way, path, work),
    redirected: (url) => `${attack.accomplice}/redirect?to=${encodeURIComponent(url)}`,
  };
  for (const group of groups) await inLanes(group(raid));
  return { tried: raid.tried, ways: [...raid.ways], read: raid.read };
}

/** Ends by itself or is given up. */
async function attempted(
  raid: Raid,
  way: string,
  path: string,
  work: (url: string) => Promise<unknown>,
): Promise<unknown> {
  raid.tried += 1;
  raid.ways.add(way);
  const url = `${raid.target}${path}${path.includes('?') ? '&' : '?'}via=${encodeURIComponent(way)}`;
  const loot = Promise.resolve(url)
    .then(work)
    .then(
      (text) => typeof text === 'string' && text !== '' && raid.read.push(`${way}: ${text.slice(0, 80)}`),
      () => undefined,
    );
  return Promise.race([loot, new Promise((done) => setTimeout(done, 4_000))]);
}

/** A few at a time, because a browser opens at most six connections to one server. */
async function inLanes(works: Work[]): Promise<void> {
  const lanes = Array.from({ length: 12 }, async () => {
    for (let next = works.shift(); next !== undefined; next = works.shift()) await next();
  });
  await Promise.all(lanes);
}

function byFetch(raid: Raid): Work[] {
  const textOf = async (url: string, init: RequestInit) => (await fetch(url, init)).text();
  return (['cors', 'no-cors', 'same-origin'] as const).flatMap((mode) => [
    ...raid.gets.flatMap((path) => [
      raid.attempt(`GET ${mode}`, path, (url) => textOf(url, { mode })),
      raid.attempt(`GET ${mode} with credentials`, path, (url) =>
        textOf(url, { mode, credentials: 'include' }),
      ),
      raid.attempt(`redirected GET ${mode}`, path, (url) => textOf(raid.redirected(url), { mode })),
    ]),
    ...raid.posts.flatMap((path) =>
      ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'].map((method) =>
        raid.attempt(`${method} ${mode}`, path, (url) => textOf(url, { method, mode })),
      ),
    ),
  ]);
}

function byPostFetch(raid: Raid): Work[] {
  const textOf = async (url: string, init: RequestInit) => (await fetch(url, init)).text();
  const body = JSON.stringify({ holder: 'page', slot: 1 });
  const types = [
    'text/plain',
    'application/json',
    'text/plain; x=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ];
  return (['cors', 'no-cors', 'same-origin'] as const).flatMap((mode) =>
    raid.posts.flatMap((path) => [
      ...types.map((type) => {
        const init = { method: 'POST', mode, body, headers: { 'content-type': type } };
        return raid.attempt(`POST ${mode} ${type}`, path, (url) => textOf(url, init));
      }),
      // A blob without a type is sent without a content type.
      raid.attempt(`POST ${mode} untyped`, path, (url) =>
        textOf(url, { method: 'POST', mode, body: new Blob([body]) }),
      ),
      raid.attempt(`redirected POST ${mode}`, path, (url) =>
        textOf(raid.redirected(url), { method: 'POST', mode, body }),
      ),
      raid.attempt(`lasting POST ${mode}`, path, (url) =>
        textOf(url, { method: 'POST', mode, body, keepalive: true }),
      ),
    ]),
  );
}

function byRequests(raid: Raid): Work[] {
  if (typeof XMLHttpRequest === 'undefined') return [];
  const ask = (method: string) => (url: string) =>
    new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      request.addEventListener('load', () => done(request.responseText));
      request.addEventListener('error', failed);
      request.send(method === 'POST' ? '{"holder":"page"}' : undefined);
    });
  return [
    ...raid.gets.map((path) => raid.attempt('XMLHttpRequest GET', path, ask('GET'))),
    ...raid.posts.map((path) => raid.attempt('XMLHttpRequest POST', path, ask('POST'))),
  ];
}

function bySockets(raid: Raid): Work[] {
  const open = (path: string) => () =>
    new Promise((done, failed) => {
      // DevTools knows its sockets by the whole of their address, so none says what way it came.
      const socket = new WebSocket(raid.target.replace('http', 'ws') + path);
      socket.addEventListener('open', () => {
        done('opened');
        socket.close();
      });
      socket.addEventListener('error', failed);
    });
  return raid.sockets.map((path) => raid.attempt('WebSocket', path, open(path)));
}

function byEvents(raid: Raid): Work[] {
  if (typeof EventSource === 'undefined') return [];
  const listen = (withCredentials: boolean) => (url: string) =>
    new Promise((done) => {
      const source = new EventSource(url, { withCredentials });
      const end = (loot: string | undefined): void => {
        source.close();
        done(loot);
      };
      source.addEventListener('open', () => end('opened'));
      source.addEventListener('error', () => end(undefined));
    });
  return raid.gets.flatMap((path) => [
    raid.attempt('EventSource', path, listen(false)),
    raid.attempt('EventSource with credentials', path, listen(true)),
  ]);
}
