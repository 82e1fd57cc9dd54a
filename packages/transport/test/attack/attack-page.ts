/**
 * Runs inside a hostile page (or a frame, or with the part that exists there, a worker): tries everything a page can
 * do to reach an address, and says how many bytes it could read.
 */
export async function attack(target: string): Promise<{ tried: number; read: string[] }> {
  const read: string[] = [];
  let tried = 0;
  const settle = (promise: Promise<unknown>) =>
    Promise.race([promise, new Promise((done) => setTimeout(done, 1500))]);
  const attempt = (name: string, work: () => Promise<string | undefined>) => {
    tried++;
    return settle(
      work().then(
        (text) => text && read.push(`${name}: ${text.slice(0, 80)}`),
        () => undefined,
      ),
    );
  };
  const lease = JSON.stringify({ holder: 'page' });
  const loaded = (element: HTMLElement, parent: Node = document.body) =>
    new Promise<undefined>((done) => {
      element.addEventListener('load', () => done(undefined));
      element.addEventListener('error', () => done(undefined));
      parent.appendChild(element);
    });
  const make = (tag: string, attributes: Record<string, string>) =>
    Object.assign(document.createElement(tag), attributes);

  const fetches: Promise<unknown>[] = [];
  for (const mode of ['cors', 'no-cors', 'same-origin'] as const) {
    for (const path of ['/status', '/reaped', '/healthz', '/openapi.json', '/metrics', '/events']) {
      fetches.push(
        attempt(`GET ${path} ${mode}`, async () => await (await fetch(target + path, { mode })).text()),
      );
    }
    for (const type of ['text/plain', 'application/json', 'application/x-www-form-urlencoded', '']) {
      for (const path of ['/acquire', '/revoke', '/pool/remove', '/mcp']) {
        const init = {
          method: 'POST',
          mode,
          body: lease,
          headers: type === '' ? {} : { 'content-type': type },
        };
        fetches.push(
          attempt(
            `POST ${path} ${mode} ${type}`,
            async () => await (await fetch(target + path, init)).text(),
          ),
        );
      }
    }
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
      fetches.push(
        attempt(
          `${method} ${mode}`,
          async () => await (await fetch(`${target}/mcp`, { method, mode })).text(),
        ),
      );
    }
  }
  await Promise.all(fetches);

  await attempt('beacon', async () => void navigator.sendBeacon(`${target}/acquire`, lease));
  await attempt('json beacon', async () => {
    navigator.sendBeacon(`${target}/acquire`, new Blob([lease], { type: 'application/json' }));
    return undefined;
  });
  await attempt('image', () => loaded(make('img', { src: `${target}/acquire?holder=page` })));
  await attempt('script', () => loaded(make('script', { src: `${target}/status` })));
  await attempt('style', () =>
    loaded(make('link', { rel: 'stylesheet', href: `${target}/status` }), document.head),
  );
  await attempt('prefetch', () =>
    loaded(make('link', { rel: 'prefetch', href: `${target}/status` }), document.head),
  );
  await attempt('frame', async () => {
    const frame = document.createElement('iframe');
    frame.src = `${target}/status`;
    await settle(loaded(frame));
    return frame.contentDocument?.body.textContent ?? undefined;
  });
  await attempt('form', async () => {
    const frame = Object.assign(document.createElement('iframe'), { name: 'sink' });
    document.body.append(frame);
    for (const enctype of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const form = make('form', { action: `${target}/acquire`, method: 'post', enctype, target: 'sink' });
      form.append(make('input', { name: '{"holder":"page","x":"', value: '"}' }));
      document.body.append(form);
      const done = loaded(frame);
      (form as HTMLFormElement).submit();
      await settle(done);
    }
    return undefined;
  });
  await attempt(
    'websocket',
    () =>
      new Promise<string | undefined>((done) => {
        const socket = new WebSocket(`${target.replace('http', 'ws')}/mcp`);
        socket.addEventListener('open', () => done('opened'));
        socket.addEventListener('error', () => done(undefined));
      }),
  );
  await attempt(
    'eventsource',
    () =>
      new Promise<string | undefined>((done) => {
        const source = new EventSource(`${target}/events`);
        source.addEventListener('open', () => done('opened'));
        source.addEventListener('error', () => {
          source.close();
          done(undefined);
        });
      }),
  );
  return { tried, read };
}
