/** Something a test awaits that happens elsewhere, such as inside a handler. */
export function signalled<Value = void>() {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve };
}
