import { describe, expect, it } from 'vitest';
import { sayingWhere } from '../src/subjects/login-site.js';

describe('work with a page of the login site', () => {
  it('that fails says which page was seen', async () => {
    const page = { url: () => 'http://127.0.0.1/home', evaluate: async () => 'Who are you?' };
    const work = sayingWhere(page, () => Promise.reject(new Error('Timeout.')));
    await expect(work).rejects.toThrow(
      'Timeout. The page was http://127.0.0.1/home and showed: Who are you?',
    );
  });

  it('that fails because the page is gone says so', async () => {
    const page = { url: () => 'about:blank', evaluate: () => Promise.reject(new Error('It is closed.')) };
    const work = sayingWhere(page, () => Promise.reject(new Error('Timeout.')));
    await expect(work).rejects.toThrow('Timeout. The page was about:blank');
  });
});
