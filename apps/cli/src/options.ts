import type { Option, Positional } from './definition.js';

export const slot: Positional = {
  name: 'slot',
  summary: 'Number of the slot',
  type: 'number',
  required: true,
};
export const flag = (name: string, summary: string): Option => ({ name, summary, type: 'boolean' });
export const number = (name: string, summary: string): Option => ({ name, summary, type: 'number' });
export const text = (name: string, summary: string): Option => ({ name, summary, type: 'string' });
