/** Everything that needs yargs, so that the build puts it into one file with yargs, which every command reads once. */
export { completion } from './commands/completion.js';
export { completionsOf } from './completion/completions.js';
export { helpColumnsMax, helpOf, helpText } from './help.js';
export { parse } from './parse.js';
