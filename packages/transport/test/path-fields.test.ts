import { describe, expect, it } from 'vitest';
import { filledPath, pathFields, routerPath } from '../src/path-fields.js';

describe('fields in a path', () => {
  it('are taken from the input, and encoded', () => {
    const input = { newName: 'a/b ü', other: 1 };
    expect(filledPath('/logins/{new_name}/x', input)).toEqual({
      path: '/logins/a%2Fb%20%C3%BC/x',
      rest: { other: 1 },
    });
  });

  it('have the names of the input, and the wire’s names for the router', () => {
    expect(pathFields('/logins/{new_name}')).toEqual(['newName']);
    expect(routerPath('/logins/{new_name}/done')).toBe('/logins/:new_name/done');
  });

  it('may be absent', () => {
    expect(filledPath('/status', { a: 1 })).toEqual({ path: '/status', rest: { a: 1 } });
  });
});
