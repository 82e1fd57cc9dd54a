import { fetched } from './leak-kind.js';
import type { Holder, LeakKind } from './leak-kind.js';

const group = 'Cookies';

/** Every cookie kind. The site sets them all at once; each is looked for by what a request carries. */
export const cookieKinds: readonly LeakKind[] = [
  plainCookie('persistent host cookie', 'host'),
  plainCookie('session cookie', 'session'),
  plainCookie('domain cookie, seen by a subdomain', 'domain', 'sub.leak.test'),
  plainCookie('HttpOnly cookie', 'httponly'),
  plainCookie('SameSite=Strict cookie', 'strict'),
  plainCookie('cookie of one path', 'path'),
  secureCookie('`__Host-` cookie', '__Host-host'),
  secureCookie('`__Secure-` cookie', '__Secure-secure'),
  secureCookie('partitioned cookie (CHIPS)', '__Host-partitioned'),
];

function plainCookie(name: string, cookie: string, host = 'leak.test'): LeakKind {
  return {
    group,
    name,
    plant: setPlainCookies,
    find: (holder) => arrives(holder, holder.site.plain(host), cookie),
  };
}

function secureCookie(name: string, cookie: string): LeakKind {
  return {
    group,
    name,
    plant: setSecureCookies,
    find: (holder) => arrives(holder, holder.site.secure(), cookie),
  };
}

function setPlainCookies({ page, site }: Holder): Promise<unknown> {
  return page.goto(`${site.plain()}/set-cookies`);
}

function setSecureCookies({ page, site }: Holder): Promise<unknown> {
  return page.goto(`${site.secure()}/set-cookies`);
}

async function arrives(holder: Holder, origin: string, cookie: string): Promise<boolean> {
  const names = await fetched(holder, origin, '/cookies');
  return Array.isArray(names) && names.includes(cookie);
}
