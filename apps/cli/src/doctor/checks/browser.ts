import { failureOf } from '@escarp/transport/client';
import { ok, problem, type Check } from '../finding.js';

export const browser: Check = {
  id: 'browser',
  async run({ locateBrowser, run }) {
    let path;
    try {
      path = await locateBrowser();
    } catch (error) {
      const { code, message } = failureOf(error);
      if (code !== 'browser_missing') throw error;
      return [problem(message, 'Correct ESCARP_CFT_BINARY, or unset it to have a browser found.')];
    }
    if (path === undefined) return [problem('No Chrome or Chromium was found.', 'escarp install-browser')];
    const { exitCode, stdout, stderr } = await run(path, ['--version'], { timeoutMs: 2000 });
    if (exitCode === 0) return [ok(`${stdout.trim()}, ${path}.`)];
    const said = stderr.trim().split('\n').at(-1) ?? '';
    const remedy =
      'If it names a missing library, install it; else escarp install-browser, or set ESCARP_CFT_BINARY.';
    return [problem(`${path} does not start. ${said}`.trim(), remedy)];
  },
};
