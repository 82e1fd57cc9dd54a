export { type KeptLimits, keptLimits, type StripLimits, stripLimits } from './limits.js';
export {
  readRecorderOrder,
  readRecorderReply,
  type RecordedLease,
  type RecorderOrder,
  type RecorderReply,
} from './recorder-messages.js';
export type { StoredStrip, Strip, StripLease, StripPicture } from './strip.js';
export { type NewPicture, StripWriter } from './strip-writer.js';
export { discardStrip, keepStrip, listStrips, readPicture, removeStrip, tidyStrips } from './strips.js';
