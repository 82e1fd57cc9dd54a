import { build } from '../../tsup.base.js';

// What every command asks as it starts is an entry of its own, which does not load what starts processes.
export default build({ entry: { index: 'src/index.ts', 'own-process': 'src/own-process.ts' } });
