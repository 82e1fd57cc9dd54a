export { expect } from '@playwright/test';
export { test, type SlotFixtures, type SlotWorkerFixtures } from './fixtures.js';
export type { LeaseWish } from './pool.js';
