/** Taking pictures of leases: what the recorder's program needs, without the viewer's server. */
export { type RecorderStreams, serveRecorder } from './serve-recorder.js';
