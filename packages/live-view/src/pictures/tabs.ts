import type { PictureTab } from '../wire/index.js';

/** What `Target.targetCreated` and `Target.targetInfoChanged` tell of a page, as far as it is shown. */
interface TargetInfo {
  readonly targetId: string;
  readonly title: string;
  readonly url: string;
}

// A page can make either a megabyte long, and they are sent to everybody who watches.
const titleCharsMax = 200;
const urlCharsMax = 2_000;

/**
 * The tabs of a browser, numbered in the order in which they were seen. People are shown numbers and not target ids: with
 * one of those any page can have Chrome close the tab.
 */
export class Tabs {
  readonly #numbers = new Map<string, number>();
  readonly #infos = new Map<string, TargetInfo>();
  #last = 0;

  /** Takes a `targetInfo`; false if nothing that is shown of it has changed. */
  see(info: unknown): boolean {
    const seen = readTargetInfo(info);
    if (seen === undefined) return false;
    const before = this.#infos.get(seen.targetId);
    this.#infos.set(seen.targetId, seen);
    if (before === undefined) this.#numbers.set(seen.targetId, (this.#last += 1));
    return before?.title !== seen.title || before.url !== seen.url;
  }

  forget(targetId: unknown): boolean {
    return typeof targetId === 'string' && this.#numbers.delete(targetId) && this.#infos.delete(targetId);
  }

  /** For the list beside the picture. */
  list(): PictureTab[] {
    return [...this.#numbers].map(([targetId, tab]) => {
      const { title = '', url = '' } = this.#infos.get(targetId) ?? {};
      return { tab, title, url };
    });
  }

  /** The target id of a tab; undefined if it is not there any more. */
  targetIdOf(tab: number): string | undefined {
    return [...this.#numbers].find(([, number]) => number === tab)?.[0];
  }

  /** The tab that was chosen if it is still there, else the one that was opened last. */
  chosen(tab: number | undefined): { tab: number; targetId: string } | undefined {
    const all = [...this.#numbers].map(([targetId, number]) => ({ targetId, tab: number }));
    return all.find((one) => one.tab === tab) ?? all.at(-1);
  }
}

function readTargetInfo(info: unknown): TargetInfo | undefined {
  if (typeof info !== 'object' || info === null) return undefined;
  const { targetId, type, title, url }: { [name: string]: unknown } = { ...info };
  if (type !== 'page' || typeof targetId !== 'string') return undefined;
  return { targetId, title: cut(title, titleCharsMax), url: cut(url, urlCharsMax) };
}

/** Copied, because a part of a text keeps the whole of it in memory. */
function cut(value: unknown, charsMax: number): string {
  const text = String(value);
  return text.length <= charsMax ? text : Array.from(text.slice(0, charsMax)).join('');
}
