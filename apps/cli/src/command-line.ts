/** Everything that needs all of yargs, so that the build puts it into one file with yargs, which few commands load. */
export { completion } from './commands/completion.js';
export { completionsOf } from './completion/completions.js';
export { helpColumnsMax, helpOf, helpText } from './help.js';
