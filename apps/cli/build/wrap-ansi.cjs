// Stands for wrap-ansi in the build, and loads it when the first line is wrapped.
let whole;

module.exports = function wrapAnsi(text, columns, options) {
  whole ??= require('../node_modules/wrap-ansi/index.js').default;
  return whole(text, columns, options);
};
