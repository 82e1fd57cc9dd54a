import { render } from 'preact';
import '../style/index.css';
import { ReportPage } from './report-page.js';
import type { ReportData } from './report-page.js';

const data: ReportData | null = JSON.parse(document.querySelector('#report-data')?.textContent ?? 'null');
const place = document.querySelector('#app');
if (place === null) throw new Error('The page has no place for the report.');
if (data === null) place.textContent = 'This is the template of a report: it has no data.';
else render(<ReportPage data={data} />, place);
