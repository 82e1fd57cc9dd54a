/** Runs in a page with a secure origin: stores something of every kind that a script can store. */
export async function plantEverything(): Promise<void> {
  const settled = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error));
    });
  localStorage.setItem('token', 'secret-value');
  localStorage.setItem('', '\ud800 lone \u0000');
  sessionStorage.setItem('of-the-tab', 'kept');
  const opening = indexedDB.open('auth', 7);
  opening.onupgradeneeded = () => {
    const values = opening.result.createObjectStore('values', { autoIncrement: true });
    values.createIndex('by name', 'name', { unique: false });
    opening.result.createObjectStore('keys', { keyPath: ['a', 'b'] });
  };
  const database = await settled(opening);
  const generate = (extractable: boolean) =>
    crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, extractable, ['encrypt', 'decrypt']);
  const [open, closed] = await Promise.all([generate(true), generate(false)]);
  const shared = { at: new Date(5) };
  const cyclic: Record<string, unknown> = { name: 'cyclic', shared, again: shared };
  cyclic['self'] = cyclic;
  const bytes = new Uint8Array([1, 2, 3, 255]).buffer;
  const value = {
    cyclic,
    big: 12n,
    nothing: undefined,
    nan: NaN,
    minusZero: -0,
    infinity: -Infinity,
    expression: /a+/giu,
    map: new Map<unknown, unknown>([[shared, new Set([1, 'x'])]]),
    wrapped: [Object(1), Object('s'), Object(1n)],
    bytes,
    view: new Uint16Array(bytes, 2, 1),
    data: new DataView(bytes, 1, 2),
    blob: new Blob(['secret-value'], { type: 'text/plain' }),
    file: new File(['f'], 'f.txt', { lastModified: 9 }),
    error: new RangeError('too far', { cause: shared }),
    sparse: Object.assign(Array.of<unknown>(), { length: 4, 1: 'one', named: true }),
    key: open,
    point: new DOMPoint(1, 2, 3, 4),
    image: new ImageData(1, 2),
    invalid: new Date(NaN),
  };
  const filling = database.transaction(['values', 'keys'], 'readwrite');
  const filled = new Promise<void>((resolve) => {
    filling.oncomplete = () => resolve();
  });
  filling.objectStore('values').add({ name: 'gone' });
  filling.objectStore('values').delete(1);
  filling.objectStore('values').add(value);
  filling.objectStore('keys').put({ a: new Date(1), b: [1, 'x', new Uint8Array([7])], held: true });
  filling.objectStore('keys').put({ a: 1, b: 2, key: closed });
  await filled;
  database.close();
  const root = await navigator.storage.getDirectory();
  await root.getDirectoryHandle('empty', { create: true });
  const below = await root.getDirectoryHandle('a b', { create: true });
  for (const [folder, name, text] of [
    [root, 'one', ''],
    [below, 'ü%', 'secret-value'],
  ] as const) {
    const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await writable.write(text);
    await writable.close();
  }
  const inbox = await (navigator as unknown as WithBuckets).storageBuckets.open('inbox', {
    durability: 'strict',
  });
  const inBucket = inbox.indexedDB.open('auth', 1);
  inBucket.onupgradeneeded = () => inBucket.result.createObjectStore('s').put('in the bucket', 'k');
  (await settled<IDBDatabase>(inBucket)).close();
  await (await caches.open('offline')).put('/x', new Response('x'));
  await navigator.serviceWorker.register('/service-worker.js');
  await navigator.serviceWorker.ready;
}

interface WithBuckets {
  readonly storageBuckets: {
    open(
      name: string,
      settings?: object,
    ): Promise<{
      readonly indexedDB: IDBFactory;
      persisted(): Promise<boolean>;
    }>;
  };
}

/**
 * Runs in a page: everything that `plantEverything` stored and that can be compared, as text that shows every
 * difference.
 */
export async function readEverything(): Promise<unknown> {
  const settled = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error));
    });
  const database = await settled(indexedDB.open('auth'));
  const reading = database.transaction(['values', 'keys'], 'readonly');
  const values = reading.objectStore('values');
  const [entries, keys, records, [held]] = await Promise.all([
    settled(values.getAll()),
    settled(values.getAllKeys()),
    settled(reading.objectStore('keys').getAllKeys()),
    settled(values.index('by name').getAll()),
  ]);
  const [value] = entries;
  const adding = database.transaction('values', 'readwrite');
  const next = await settled(adding.objectStore('values').add({}));
  adding.abort();
  const { version } = database;
  database.close();
  const mapKey = [...value.map.keys()][0];
  const box = new Uint8Array(12);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: box }, value.key, new Uint8Array([1]));
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of root.keys()) names.push(name);
  const inner = await (await root.getDirectoryHandle('a b')).getFileHandle('ü%');
  const bucket = await (navigator as unknown as WithBuckets).storageBuckets.open('inbox');
  const inBucket: IDBDatabase = await settled(bucket.indexedDB.open('auth'));
  const fromBucket = await settled(inBucket.transaction('s').objectStore('s').get('k'));
  inBucket.close();
  return {
    local: Object.entries(localStorage),
    version,
    keys,
    next,
    records: records.length === 2 ? [records[1]] : records,
    indexed: held === undefined,
    cyclic: value.cyclic.self === value.cyclic,
    shared: value.cyclic.shared === value.cyclic.again,
    mapShared: mapKey === value.cyclic.shared,
    mapSet: [...value.map.get(mapKey)],
    at: value.cyclic.shared.at.getTime(),
    big: String(value.big),
    hasNothing: 'nothing' in value,
    nan: Number.isNaN(value.nan),
    minusZero: Object.is(value.minusZero, -0),
    infinity: String(value.infinity),
    expression: String(value.expression),
    wrapped: value.wrapped.map((each: unknown) => `${typeof each} ${String(each)}`),
    bytes: [...new Uint8Array(value.bytes)],
    view: [...value.view],
    sameBuffer: value.view.buffer === value.bytes,
    data: [value.data.byteOffset, value.data.byteLength],
    blob: [await value.blob.text(), value.blob.type],
    file: [await value.file.text(), value.file.name, value.file.lastModified],
    error: [value.error instanceof RangeError, value.error.message, value.error.stack],
    sparse: [value.sparse.length, Object.keys(value.sparse)],
    sealed: [...new Uint8Array(sealed)],
    usages: value.key.usages,
    point: value.point.toJSON(),
    image: [value.image.width, value.image.height],
    invalid: Number.isNaN(value.invalid.getTime()),
    names: names.toSorted(),
    inner: await (await inner.getFile()).text(),
    fromBucket,
    isPersisted: await bucket.persisted(),
  };
}
