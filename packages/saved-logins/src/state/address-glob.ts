/** Whether an address is as `glob` says, in which `*` stands for any characters; also without what follows its `#`. */
export function isAddressLike(glob: string, address: string): boolean {
  const parts = glob.split('*');
  return [address, address.replace(/#.*$/s, '')].some((each) => isLike(parts, each));
}

/** In time that grows with the length alone: an address is the site's, and may be made to take a regular expression for ever. */
function isLike([first = '', ...others]: readonly string[], text: string): boolean {
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length >= at + last.length && text.endsWith(last);
}
