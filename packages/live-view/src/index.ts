export type { Right, ViewerState } from './wire/index.js';
