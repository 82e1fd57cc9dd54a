import type { Option, Positional } from './definition.js';

export const slot: Positional = {
  name: 'slot',
  summary: 'Number of the slot',
  type: 'number',
  required: true,
};
type Relations = Pick<Option, 'conflicts' | 'needs' | 'isKeptForScripts'>;
export const flag = (name: string, summary: string, relations: Relations = {}): Option => ({
  name,
  summary,
  type: 'boolean',
  ...relations,
});
export const number = (name: string, summary: string, relations: Relations = {}): Option => ({
  name,
  summary,
  type: 'number',
  ...relations,
});
export const text = (name: string, summary: string, relations: Relations = {}): Option => ({
  name,
  summary,
  type: 'string',
  ...relations,
});
