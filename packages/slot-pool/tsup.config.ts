import { build } from '../../tsup.base.js';

export default build({
  // It asks for a newer Node than it needs, which keeps npm from installing escarp on Node 20 where engines are checked
  // strictly. Its licence is in the folder `licenses`.
  noExternal: ['@puppeteer/browsers'],
  // Loaded by it when they are needed. Two are dependencies; the others are for browsers that are not installed.
  external: ['yauzl', 'proxy-agent', 'modern-tar', 'yargs'],
});
