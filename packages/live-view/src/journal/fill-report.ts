import type { PoolFigures, Timeline } from '../wire/index.js';

/** What the report page shows. */
export interface ReportData {
  readonly title: string;
  readonly version: string;
  readonly timeline: Timeline;
  readonly figures: PoolFigures;
}

const place = /(<script type="application\/json" id="report-data">)null(<\/script>)/;

/**
 * Puts data into the report page of the dashboard, which needs nothing else to be read.
 *
 * @throws Error if the page has no place for it.
 */
export function fillReport(page: string, data: ReportData): string {
  if (!place.test(page)) throw new Error('The report page of the dashboard has no place for data.');
  // Within a script, `<` could end it.
  const json = JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
  return page.replace(place, (_, before: string, after: string) => `${before}${json}${after}`);
}
