import type { PictureTab } from '../wire/index.js';

/** What a picture is told to be of. */
export interface ShownPage {
  readonly title: string;
  readonly url: string;
}

const titleCharsMax = 200;
const urlCharsMax = 500;

/** The page of a tab, without the parts of its address in which sites put secrets. */
export function shownPage({ title, url }: Pick<PictureTab, 'title' | 'url'>): ShownPage {
  return { title: title.slice(0, titleCharsMax), url: withoutSecrets(url).slice(0, urlCharsMax) };
}

function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return '';
  const { protocol, host, pathname } = new URL(url);
  // What follows in a data: or blob: address may be anything.
  if (protocol === 'data:' || protocol === 'blob:') return protocol;
  return host === '' ? `${protocol}${pathname}` : `${protocol}//${host}${pathname}`;
}
