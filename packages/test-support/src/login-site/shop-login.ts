/** What every saved login of https://shop.example has in the tests that need no site: all but its name, version and times. */
export function shopLogin() {
  return {
    form: 'state' as const,
    url: 'https://shop.example/',
    limitedTo: ['https://shop.example'],
    access: { mode: 'exclusive' as const },
    needsApproval: false,
    check: null,
    cookies: [],
    origins: [],
    passkeys: [],
    notHeld: [],
  };
}
