/** All that needs yargs, so that the build puts it into one file with yargs, which is read once for each command. */
export { completion } from './commands/completion.js';
export { completionsOf } from './completion/completions.js';
export { helpColumnsMax, helpOf, helpText } from './help.js';
export { parse } from './parse.js';
