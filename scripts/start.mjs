// npm start: from a fresh clone to a running pool. The command line runs in this very process, so signals
// and its exit code need no forwarding.
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { fail } from './run.mjs';
import { escarp, root } from './workspace.mjs';

const ask = process.argv.slice(2);
process.env.ESCARP_HOME ??= join(root, '.escarp');

await bootstrap().catch(fail);

process.argv = [process.execPath, escarp, 'demo', ...ask];
await import(escarp);
