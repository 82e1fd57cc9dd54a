import { describe, expect, it } from 'vitest';
import { readSettings } from '../src/index.js';

describe('the settings', () => {
  it('have the defaults of the contract', () => {
    expect(readSettings({}, '/home/ada/.escarp')).toMatchObject({
      home: '/home/ada/.escarp',
      poolSize: undefined,
      cdpBase: 9222,
      apiPort: 7878,
      apiHost: '127.0.0.1',
      leaseTtlS: 60,
      logLevel: 'info',
      chromeArgs: [],
    });
  });

  it('take an empty variable for an absent one', () => {
    const empty = { ESCARP_HOME: '', ESCARP_POOL_SIZE: '', ESCARP_LEASE_TTL_S: '', ESCARP_RESET: '' };
    expect(readSettings(empty, '/default')).toEqual(readSettings({}, '/default'));
  });

  it('split the arguments for Chrome at blanks', () => {
    expect(readSettings({ ESCARP_CHROME_ARGS: ' --a=1  --b ' }, '/').chromeArgs).toEqual(['--a=1', '--b']);
  });

  it.each([
    ['ESCARP_POOL_SIZE', '0'],
    ['ESCARP_POOL_SIZE', '65'],
    ['ESCARP_POOL_SIZE', '2.5'],
    ['ESCARP_POOL_SIZE', 'four'],
    ['ESCARP_CDP_BASE', '65536'],
    ['ESCARP_CDP_BASE', '0'],
    ['ESCARP_API_PORT', '-1'],
    ['ESCARP_API_PORT', 'NaN'],
    ['ESCARP_LEASE_TTL_S', '0'],
    ['ESCARP_LEASE_TTL_S', 'Infinity'],
    ['ESCARP_LEASE_TTL_S', '1h'],
    ['ESCARP_RESET', 'everything'],
    ['ESCARP_SPARES', 'yes'],
    ['ESCARP_MAX_PER_HOLDER', '0'],
    ['ESCARP_MAX_PER_TENANT', '1.5'],
    ['ESCARP_LOG_LEVEL', 'loud'],
    ['ESCARP_DISCOVERY_WAIT_S', '-1'],
  ])('refuse %s=%s and name the variable and a way out', (name, value) => {
    let error: unknown;
    try {
      readSettings({ [name]: value }, '/');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'bad_setting' });
    expect(String(error)).toContain(name);
    expect(error).toHaveProperty('hint', expect.stringContaining(name));
  });
});
