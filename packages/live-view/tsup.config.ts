import { build } from '../../tsup.base.js';

// The wire and the journal are entries of their own: the dashboard and the command line take them in without the server.
export default build({
  entry: {
    index: 'src/index.ts',
    operator: 'src/operator.ts',
    'journal/index': 'src/journal/index.ts',
    'recording/index': 'src/recording/index.ts',
    'wire/index': 'src/wire/index.ts',
  },
});
