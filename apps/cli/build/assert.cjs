// Stands for Node's `assert` in the build: of it yargs uses these two, and loading it takes longer than reading a command.
exports.strictEqual = (actual, expected, message) => {
  if (!Object.is(actual, expected)) throw new Error(message ?? `${actual} is not ${expected}.`);
};

exports.notStrictEqual = (actual, unwanted, message) => {
  if (Object.is(actual, unwanted)) throw new Error(message ?? `${actual} was not expected.`);
};
