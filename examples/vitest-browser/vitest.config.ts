import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

// Set by escarp; without it Vitest launches a browser of its own.
const wsEndpoint = process.env['PW_TEST_CONNECT_WS_ENDPOINT'];

export default defineConfig({
  test: {
    browser: {
      enabled: true,
      headless: true,
      provider: playwright(wsEndpoint === undefined ? {} : { connectOptions: { wsEndpoint } }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
