import { build } from '../../tsup.base.js';

export default build({
  // It requires a newer Node than it needs, which keeps npm from installing escarp on Node 20 if engines are checked
  // strictly. Its licence is in the folder `licenses`.
  noExternal: ['@puppeteer/browsers'],
  // It loads these when they are needed. Two are dependencies; the others are for browsers that are not installed.
  external: ['yauzl', 'proxy-agent', 'modern-tar', 'yargs'],
});
