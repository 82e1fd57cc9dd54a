/// <reference lib="dom" />
// These functions run in a page, as the text of this file's functions: they refer to each other and to nothing else.

/** A value of the structured clone algorithm as JSON: a plain JSON value, or a record with a tag. */
export type Encoded = null | boolean | number | string | { readonly t: string; readonly v?: unknown };

/** Values that share objects, encoded. `nodes` are the objects, which refer to each other by their place. */
export interface EncodedValues {
  readonly nodes: unknown[];
  readonly roots: Encoded[];
}

/** Thrown for what no JSON can carry. `what` names its kind. */
export interface NotCloneable {
  readonly notHeld: string;
}

/** Encodes values and all they refer to. Rejects with a `NotCloneable` for a key that cannot be exported, and the like. */
export async function encodeValues(values: readonly unknown[]): Promise<EncodedValues> {
  const nodes: unknown[] = [];
  const places = new Map<object, number>();
  const encode = async (value: unknown): Promise<Encoded> => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (value === undefined) return { t: 'undefined' };
    if (typeof value === 'bigint') return { t: 'bigint', v: String(value) };
    if (typeof value === 'number') return encodeNumber(value);
    if (typeof value !== 'object') throw { notHeld: typeof value } satisfies NotCloneable;
    let place = places.get(value);
    if (place === undefined) {
      place = nodes.length;
      places.set(value, place);
      nodes.push(null);
      nodes[place] = await encodeObject(value, encode);
    }
    return { t: 'object', v: place };
  };
  const roots: Encoded[] = [];
  for (const value of values) roots.push(await encode(value));
  return { nodes, roots };
}

function encodeNumber(value: number): Encoded {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : { t: 'number', v: Object.is(value, -0) ? '-0' : String(value) };
}

type Encode = (value: unknown) => Promise<Encoded>;

async function encodeObject(value: object, encode: Encode): Promise<unknown> {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (Array.isArray(value)) return { k: 'Array', length: value.length, own: await encodeOwn(value, encode) };
  if (value instanceof Map) {
    const entries: unknown[] = [];
    for (const [key, held] of value) entries.push([await encode(key), await encode(held)]);
    return { k: 'Map', entries };
  }
  if (value instanceof Set) {
    const entries: unknown[] = [];
    for (const held of value) entries.push(await encode(held));
    return { k: 'Set', entries };
  }
  if (value instanceof Date) return { k: 'Date', ms: Number.isNaN(value.getTime()) ? null : value.getTime() };
  if (value instanceof RegExp) return { k: 'RegExp', source: value.source, flags: value.flags };
  if (/^(Boolean|Number|String|BigInt)$/.test(kind))
    return { k: 'Wrapper', value: await encode(value.valueOf()) };
  if (value instanceof Error) return encodeError(value, encode);
  if (ArrayBuffer.isView(value))
    return {
      k: 'View',
      type: kind,
      buffer: await encode(value.buffer),
      offset: value.byteOffset,
      length: viewLength(value),
    };
  if (value instanceof ArrayBuffer)
    return {
      k: 'ArrayBuffer',
      base64: base64Of(new Uint8Array(value)),
      max: value.resizable ? value.maxByteLength : null,
    };
  if (value instanceof Blob) return encodeBlob(value);
  if (typeof FileList !== 'undefined' && value instanceof FileList)
    return { k: 'FileList', files: await Promise.all(Array.from(value, encodeBlob)) };
  if (kind === 'CryptoKey') return encodeKey(value as CryptoKey);
  if (value instanceof ImageData)
    return {
      k: 'ImageData',
      width: value.width,
      height: value.height,
      colorSpace: value.colorSpace,
      base64: base64Of(value.data),
    };
  if (/^DOM(Point|Rect|Matrix)(ReadOnly)?$|^DOMQuad$/.test(kind))
    return { k: 'Geometry', type: kind, json: (value as DOMRect).toJSON() };
  if (kind !== 'Object') throw { notHeld: kind } satisfies NotCloneable;
  return { k: 'Object', own: await encodeOwn(value, encode) };
}

async function encodeOwn(value: object, encode: Encode): Promise<unknown[]> {
  const own: unknown[] = [];
  for (const [name, held] of Object.entries(value)) own.push([name, await encode(held)]);
  return own;
}

async function encodeError(error: Error, encode: Encode): Promise<unknown> {
  const cause = 'cause' in error ? [await encode(error.cause)] : [];
  return { k: 'Error', name: error.name, message: error.message, stack: error.stack ?? null, cause };
}

async function encodeBlob(blob: Blob): Promise<unknown> {
  const file = blob instanceof File ? { name: blob.name, lastModified: blob.lastModified } : null;
  return { k: 'Blob', type: blob.type, base64: base64Of(new Uint8Array(await blob.arrayBuffer())), file };
}

async function encodeKey(key: CryptoKey): Promise<unknown> {
  if (!key.extractable) throw { notHeld: 'a key that cannot be exported' } satisfies NotCloneable;
  const { algorithm, usages } = key;
  return {
    k: 'CryptoKey',
    jwk: await crypto.subtle.exportKey('jwk', key),
    algorithm: plainAlgorithm(algorithm),
    usages,
  };
}

function plainAlgorithm(algorithm: KeyAlgorithm): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(algorithm))
    plain[name] = value instanceof Uint8Array ? { bytes: base64Of(value) } : value;
  return plain;
}

function viewLength(view: ArrayBufferView): number {
  return 'length' in view ? Number(view.length) : view.byteLength;
}

function base64Of(
  bytes: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> },
): string {
  const parts: string[] = [];
  const step = 0x80_00;
  for (let at = 0; at < bytes.length; at += step)
    parts.push(String.fromCharCode.apply(null, bytes.subarray(at, at + step) as unknown as number[]));
  return btoa(parts.join(''));
}

/** The values again, with the objects they shared. */
export async function decodeValues({ nodes, roots }: EncodedValues): Promise<unknown[]> {
  const made: unknown[] = [];
  const decode = (encoded: Encoded): unknown => {
    if (encoded === null || typeof encoded !== 'object') return encoded;
    if (encoded.t === 'undefined') return undefined;
    if (encoded.t === 'bigint') return BigInt(String(encoded.v));
    return encoded.t === 'number' ? Number(encoded.v) : made[Number(encoded.v)];
  };
  // Whatever another may refer to must be there first: what is made from others by its constructor comes last.
  const records = nodes as Made[];
  for (const [place, node] of records.entries())
    if (node.k !== 'View' && node.k !== 'Wrapper') made[place] = await decodeNode(node);
  for (const [place, node] of records.entries())
    if (node.k === 'View' || node.k === 'Wrapper') made[place] = decodeDependent(node, decode);
  for (const [place, node] of records.entries()) fillNode(made[place], node, decode);
  return roots.map(decode);
}

/** One node, of which only its kind is known. */
interface Made {
  readonly k: string;
  readonly [name: string]: any;
}

async function decodeNode(node: Made): Promise<unknown> {
  if (node.k === 'Object') return {};
  if (node.k === 'Array') return Array.from({ length: 0 });
  if (node.k === 'Map') return new Map();
  if (node.k === 'Set') return new Set();
  if (node.k === 'Date') return new Date(node.ms ?? NaN);
  if (node.k === 'RegExp') return new RegExp(node.source, node.flags);
  if (node.k === 'ArrayBuffer') return bufferOf(node);
  if (node.k === 'Blob') return blobOf(node);
  if (node.k === 'FileList') return fileListOf(node.files);
  if (node.k === 'CryptoKey') return keyOf(node);
  if (node.k === 'ImageData')
    return new ImageData(new Uint8ClampedArray(bytesOf(node.base64)), node.width, node.height, {
      colorSpace: node.colorSpace,
    });
  if (node.k === 'Geometry')
    return (globalThis as any)[node.type][`from${node.type.replace(/^DOM|ReadOnly$/g, '')}`](node.json);
  return errorOf(node);
}

function decodeDependent(node: Made, decode: (encoded: Encoded) => unknown): unknown {
  if (node.k === 'Wrapper') return Object(decode(node.value));
  return new (globalThis as any)[node.type](decode(node.buffer), node.offset, node.length);
}

function fillNode(made: any, node: Made, decode: (encoded: Encoded) => unknown): void {
  if (node.k === 'Array') made.length = node.length;
  if (node.k === 'Array' || node.k === 'Object')
    for (const [name, value] of node.own)
      Object.defineProperty(made, name, {
        value: decode(value),
        writable: true,
        enumerable: true,
        configurable: true,
      });
  if (node.k === 'Map') for (const [key, value] of node.entries) made.set(decode(key), decode(value));
  if (node.k === 'Set') for (const value of node.entries) made.add(decode(value));
  if (node.k === 'Error' && node.cause.length > 0)
    Object.defineProperty(made, 'cause', {
      value: decode(node.cause[0]),
      writable: true,
      configurable: true,
    });
}

function errorOf({ name, message, stack }: Made): Error {
  const known = /^(Eval|Range|Reference|Syntax|Type|URI)Error$/.test(name)
    ? (globalThis as any)[name]
    : Error;
  const error = new known(message);
  if (stack !== null)
    Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
  return error;
}

function bufferOf({ base64, max }: Made): ArrayBuffer {
  const bytes = bytesOf(base64);
  const buffer =
    max === null ? new ArrayBuffer(bytes.length) : new ArrayBuffer(bytes.length, { maxByteLength: max });
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

function blobOf({ base64, type, file }: Made): Blob {
  const bytes = bytesOf(base64);
  return file === null
    ? new Blob([bytes], { type })
    : new File([bytes], file.name, { type, lastModified: file.lastModified });
}

function fileListOf(files: readonly Made[]): FileList {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(blobOf(file) as File);
  return transfer.files;
}

function keyOf({ jwk, algorithm, usages }: Made): Promise<CryptoKey> {
  const named: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(algorithm as Record<string, any>))
    named[name] = typeof value?.bytes === 'string' ? bytesOf(value.bytes) : value;
  return crypto.subtle.importKey('jwk', jwk, named as unknown as AlgorithmIdentifier, true, usages);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** The functions of this file, to be declared in a page. */
export const structuredValuesSource = [
  encodeValues,
  encodeNumber,
  encodeObject,
  encodeOwn,
  encodeError,
  encodeBlob,
  encodeKey,
  plainAlgorithm,
  viewLength,
  base64Of,
  decodeValues,
  decodeNode,
  decodeDependent,
  fillNode,
  errorOf,
  bufferOf,
  blobOf,
  fileListOf,
  keyOf,
  bytesOf,
].join('\n');
