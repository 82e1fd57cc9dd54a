import type { BareTab } from './bare-tab.js';
import { hostileDocument } from './hostile-site.js';
import type { PageAttack, PageLoot } from './page-attack.js';

/** Attacks from a place within a page that is open already. */
export type Place = (page: Pick<BareTab, 'evaluate'>, attack: PageAttack) => Promise<PageLoot>;

export const inPage: Place = (page, attack) =>
  page.evaluate((given) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the hostile document defines it.
    const { attack: run } = window as unknown as { attack: (attack: PageAttack) => Promise<PageLoot> };
    return run(given);
  }, attack);

export const inDataFrame = inFrame(
  (script) => `<iframe src="data:text/html,${encodeURIComponent(script)}"></iframe>`,
);

export const inSandboxedFrame = inFrame((script) => {
  const text = script.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<iframe sandbox="allow-scripts allow-forms allow-popups" srcdoc="${text}"></iframe>`;
});

export const inServiceWorker: Place = (page, attack) =>
  page.evaluate(async (given) => {
    await navigator.serviceWorker.register('/worker.js');
    const { active } = await navigator.serviceWorker.ready;
    return new Promise<PageLoot>((resolve) => {
      navigator.serviceWorker.addEventListener('message', ({ data }) => resolve(data), { once: true });
      navigator.serviceWorker.startMessages();
      active?.postMessage(given, []);
    });
  }, attack);

function inFrame(frameOf: (script: string) => string): Place {
  return async (page, attack) => {
    const run = `window.attack(${JSON.stringify(attack)}).then((loot) => parent.postMessage(loot, '*'))`;
    const markup = frameOf(`${hostileDocument}<script>${run}</script>`);
    return page.evaluate(
      (given) =>
        new Promise<PageLoot>((resolve) => {
          window.addEventListener('message', ({ data }) => resolve(data), { once: true });
          const place = document.createElement('div');
          document.body.append(place);
          place.innerHTML = given;
        }),
      markup,
    );
  };
}
