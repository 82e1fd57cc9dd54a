/** The origin of an address that a site is at; undefined for addresses of the browser's own, and for what is none. */
export function webOrigin(url: string): string | undefined {
  try {
    const { protocol, origin } = new URL(url);
    return protocol === 'http:' || protocol === 'https:' ? origin : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a cookie of this domain is sent to the origin; one that begins with a dot goes to subdomains too. */
export function isSentTo(domain: string, origin: string): boolean {
  const { hostname } = new URL(origin);
  return domain.startsWith('.') ? `.${hostname}`.endsWith(domain) : hostname === domain;
}
