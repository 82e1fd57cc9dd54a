import { build } from '../../tsup.base.js';

// Importers of the engine pay for its size, so it ships without white space and long local names, and with the one rule
// of the contract that it runs inside it.
export default build({ minify: true, noExternal: ['@escarp/contract'] });
