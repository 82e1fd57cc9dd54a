// What a command line on yargs costs before it does anything.
import yargs from 'yargs';

await yargs(process.argv.slice(2)).parseAsync();
