import { computed, signal } from '@preact/signals';

export type Route =
  | { readonly page: 'slots' }
  | { readonly page: 'slot'; readonly slot: number }
  | { readonly page: 'history' }
  | { readonly page: 'figures' };

const hash = signal(location.hash);
addEventListener('hashchange', () => (hash.value = location.hash));

/** What the address asks for. It is behind the hash, so that the session's address stays as it is. */
export const route = computed((): Route => {
  const [, page, number] = hash.value.split('/');
  if (page === 'slot' && /^\d{1,3}$/.test(number ?? '')) return { page, slot: Number(number) };
  if (page === 'history' || page === 'figures') return { page };
  return { page: 'slots' };
});

export const addressOf = (to: Route): string =>
  to.page === 'slots' ? '#/' : to.page === 'slot' ? `#/slot/${to.slot}` : `#/${to.page}`;
