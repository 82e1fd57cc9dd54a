/** The journal as people read it, without the server: what the command line needs for `log` and `report`. */
export { type DescribedEvent, describeEvent, slotOf } from './describe-event.js';
export { poolFigures } from './pool-figures.js';
export { timelineOf, type TimelineRange } from './timeline.js';
export { fillReport, type ReportData } from './fill-report.js';
