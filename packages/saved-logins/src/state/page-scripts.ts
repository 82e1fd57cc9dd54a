import { applyOrigin, applyOriginSource } from '../page/apply-origin.js';
import { captureOrigin, captureOriginSource } from '../page/capture-origin.js';
import { countOrigin, countOriginSource } from '../page/count-origin.js';
import { ownPlace, settled, storageBuckets, storagePlaceSource } from '../page/storage-place.js';
import { decodeValues, encodeValues, structuredValuesSource } from '../page/structured-values.js';

/** The functions that a page is given; their names may be others than here when they were bundled. */
export const pageSource = [
  structuredValuesSource,
  storagePlaceSource,
  captureOriginSource,
  countOriginSource,
  applyOriginSource,
].join('\n');

const tools = `{ ownPlace: ${ownPlace.name}, storageBuckets: ${storageBuckets.name}, settled: ${settled.name} }`;

/** Captures the origin of the page. */
export const captureExpression = `${captureOrigin.name}(${encodeValues.name}, ${tools})`;

/** Counts what the origin of the page keeps. */
export const countExpression = `${countOrigin.name}(${tools})`;

/** Applies `argument` to the origin of the page. */
export const applyExpression = `${applyOrigin.name}(argument, ${decodeValues.name}, ${tools})`;
