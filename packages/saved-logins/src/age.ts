import type * as Age from 'age-encryption';

/** The library that seals and opens, loaded when that is first done: it takes several MB, and most daemons have no saved login. */
export const loadAge = (): Promise<typeof Age> => import('age-encryption');
