import { build } from '../../tsup.base.js';

// Importers of the engine pay for its size, so it ships without white space and long local names. The few rules of the
// contract that it runs are inside it; they come from the source, because from a built file nothing else would be left out.
export default build({
  minify: true,
  noExternal: ['@escarp/contract'],
  esbuildOptions: (options) => void (options.conditions = ['@escarp/source']),
});
