import { describe, expect, test } from 'vitest';
import { isAddressLike } from '../src/state/address-glob.js';

describe('the address that shows that somebody has signed in', () => {
  test.each([
    ['https://shop.example/home', 'https://shop.example/home'],
    ['https://shop.example:8443/home', 'https://shop.example:8443/home'],
    ['*/home', 'https://shop.example/home'],
    ['*/home', 'https://shop.example/home#_=_'],
    ['*/app#/home', 'https://shop.example/app#/home'],
    ['https://shop.example/*', 'https://shop.example/'],
    ['https://*.example/*/home*', 'https://shop.example/a/home?from=login'],
    ['*?code=*', 'https://shop.example/?code=1'],
    ['**', ''],
    ['*aba', 'abaaba'],
  ])('%s is that of %s', (glob, address) => {
    expect(isAddressLike(glob, address)).toBe(true);
  });

  test.each([
    ['https://shop.example/home', 'https://shop.example/home/'],
    ['https://shop.example/home', 'https://shop.example:8443/home'],
    ['https://shop.example/', 'https://shopXexample/'],
    ['*/home', 'https://shop.example/home?next=1'],
    ['*/app#/home', 'https://shop.example/app'],
    ['aba*aba', 'ababa'],
    ['*a*a*', 'bab'],
    ['', 'https://shop.example/'],
  ])('%s is not that of %s', (glob, address) => {
    expect(isAddressLike(glob, address)).toBe(false);
  });

  test('is compared in time that a site cannot stretch', () => {
    const address = `https://shop.example/${'a/'.repeat(1_000_000)}`;
    expect(isAddressLike(`${'*a*/'.repeat(20)}*home`, address)).toBe(false);
  });
});
