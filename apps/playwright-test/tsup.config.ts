import { build } from '../../tsup.base.js';

// Scripts that only want a slot load no test runner.
export default build({ entry: ['src/index.ts', 'src/slots.ts'] });
