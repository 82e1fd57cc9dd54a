/**
 * What the viewer server and the dashboard say to each other. Data and types only: it imports nothing, so that the
 * dashboard's bundle takes in no server code.
 *
 * The dashboard is served at `/s/<session>/`, and every path below is relative to that address, so that it works behind
 * `ssh -L` and at another address without knowing either. Its session cookie is sent by the browser; there is nothing for
 * the dashboard to store. Times are epoch seconds, durations end in `Ms` or `S`. An HTTP error is an `ErrorReply` with a
 * status of 4xx or 5xx; a 401 means that the session has ended.
 */
export { viewerPaths } from './paths.js';
export type { Link, LinkRequest, Right, SessionEnd, ViewerSession } from './session.js';
export type { ErrorReply } from './error-reply.js';
export type { Queued, SlotState, ViewerState } from './viewer-state.js';
export type { ControlRequest, ControlState } from './control.js';
export type { Approval, ApprovalAnswer, Ask, AskAnswer } from './requests.js';
export type { PictureNews, PictureRequest, PictureState, PictureTab, WatchedSlot } from './pictures.js';
export type { Modifiers, SlotInput } from './slot-input.js';
export { viewerCloseCodes } from './close-codes.js';
export { frameHeader, type PictureFrame, readFrame } from './picture-frame.js';
export type { SlotTimeline, Timeline, TimelineEvent, TimelineSpan } from './timeline.js';
export type { SlotStrip, StripShot } from './strips.js';
export type { FigurePoint, PoolFigures } from './pool-figures.js';
