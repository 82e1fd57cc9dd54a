import base from '../../tsup.base.js';

// Importers of the engine pay for its size, so it ships without white space and long local names.
export default Object.assign(base, { minify: true });
