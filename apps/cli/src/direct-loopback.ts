type Environment = Readonly<Record<string, string | undefined>>;

const loopback = ['127.0.0.1', 'localhost', '::1'];

/**
 * The environment with loopback excepted from any proxy: a proxy is usually on another machine, and what it finds at
 * 127.0.0.1 is not the slot. Programs differ in which spelling of the variable they read, so both are set.
 */
export function withDirectLoopback(env: Environment): Record<string, string | undefined> {
  const given = {
    NO_PROXY: env['NO_PROXY'] || env['no_proxy'],
    no_proxy: env['no_proxy'] || env['NO_PROXY'],
  };
  return { ...env, NO_PROXY: extended(given.NO_PROXY), no_proxy: extended(given.no_proxy) };
}

function extended(list = ''): string {
  const hosts = list
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
  // The asterisk means everything only if it is alone.
  if (hosts.includes('*')) return list;
  return [...new Set([...hosts, ...loopback])].join(',');
}
