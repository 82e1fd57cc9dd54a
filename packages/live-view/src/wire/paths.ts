/** Paths below the session's address. */
export const viewerPaths = {
  /** GET: a `ViewerState`. */
  state: 'api/state',
  /** GET, server-sent events: `state` with a whole `ViewerState` whenever it changes; `ended` with a `SessionEnd`. */
  stateStream: 'api/state/stream',
  /** GET `?slot=N&since=T`, both optional: a `Timeline`. */
  timeline: 'api/timeline',
  /** GET: the `SlotStrip`s of a slot, that of the newest lease first. */
  strips: (slot: number): string => `api/slots/${slot}/screenshots`,
  /** GET: one picture of a strip, as JPEG. */
  stripShot: (slot: number, fence: number, file: string): string =>
    `api/slots/${slot}/screenshots/${fence}/${file}`,
  /** GET: a `PoolFigures` of the last hour. */
  figures: 'api/figures',
  /** GET: a self-contained HTML page, the same as `escarp report --html`. */
  report: 'api/report.html',
  /** POST `ControlRequest`: takes over or hands back. Answers `ControlState`. Needs the right to control the slot. */
  control: (slot: number): string => `api/slots/${slot}/control`,
  /** POST `AskAnswer`. Answers `{}`. Needs the right to control the slot. */
  ask: (id: string): string => `api/asks/${encodeURIComponent(id)}`,
  /** POST `ApprovalAnswer`. Answers `{}`. Needs the right to control every slot. */
  approval: (id: string): string => `api/approvals/${encodeURIComponent(id)}`,
  /** POST `LinkRequest`: a link for somebody else, with at most the rights of this session. Answers `Link`. */
  links: 'api/links',
  /** POST `{}`: ends this session. Answers `{}`. */
  sessionEnd: 'api/session/end',
  /** WebSocket: pictures of any number of slots, and input to them. */
  pictures: 'api/pictures',
  /** WebSocket with subprotocol `binary`: the display of a slot as RFB, for noVNC. */
  vnc: (slot: number): string => `api/slots/${slot}/vnc`,
} as const;
