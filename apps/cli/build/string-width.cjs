// Stands for string-width in the build. Loading it compiles every emoji sequence there is, which takes a fifth of the
// time in which Node starts, and most text is plain. What a CommonJS file requires is bundled, but not run before.
const plain = /^[ -~]*$/;

let whole;

module.exports = function stringWidth(text, options) {
  if (plain.test(text)) return text.length;
  whole ??= require('../node_modules/string-width/index.js').default;
  return whole(text, options);
};
