import * as v from 'valibot';
import type { PictureRequest } from '../wire/index.js';

const slot = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const pixels = v.pipe(v.number(), v.minValue(16), v.maxValue(8_192), v.transform(Math.round));
const place = v.pipe(v.number(), v.minValue(-100_000), v.maxValue(100_000));
const shortText = v.pipe(v.string(), v.maxLength(64));
const modifiers = { alt: v.boolean(), ctrl: v.boolean(), meta: v.boolean(), shift: v.boolean() };
const small = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

const watchedSlot = v.object({
  slot,
  width: pixels,
  height: pixels,
  rate: v.pipe(v.number(), v.minValue(1), v.maxValue(30)),
  quality: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(20), v.maxValue(90))),
  tab: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
});

const request = v.variant('type', [
  v.object({ type: v.literal('watch'), slots: v.pipe(v.array(watchedSlot), v.maxLength(64)) }),
  v.object({ type: v.literal('shown'), slot, frame: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  v.object({
    type: v.literal('mouse'),
    slot,
    action: v.picklist(['move', 'down', 'up']),
    x: place,
    y: place,
    button: v.picklist(['none', 'left', 'middle', 'right', 'back', 'forward']),
    buttons: small,
    clicks: small,
    ...modifiers,
  }),
  v.object({
    type: v.literal('wheel'),
    slot,
    x: place,
    y: place,
    deltaX: place,
    deltaY: place,
    ...modifiers,
  }),
  v.object({
    type: v.literal('key'),
    slot,
    action: v.picklist(['down', 'up']),
    key: shortText,
    code: shortText,
    keyCode: small,
    location: small,
    repeat: v.boolean(),
    ...modifiers,
  }),
  v.object({ type: v.literal('text'), slot, text: v.pipe(v.string(), v.maxLength(100_000)) }),
]);

/** Reads a text message of the `pictures` socket; undefined for what is none. */
export function readPictureRequest(text: string): PictureRequest | undefined {
  try {
    const parsed = v.safeParse(request, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
