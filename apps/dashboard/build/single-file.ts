import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes one page of a bundle's script and style. Its policy names both by their hashes, so that nothing which the data
 * brings along can run. The data takes the place of `null`.
 */
export async function singleFile(folder: string, target: string): Promise<void> {
  const [script, style] = await Promise.all([
    readFile(join(folder, 'report.js'), 'utf8'),
    readFile(join(folder, 'report.css'), 'utf8'),
  ]);
  await writeFile(target, pageOf(script.replaceAll('</script', '<\\/script'), style));
  await rm(folder, { recursive: true });
}

function pageOf(script: string, style: string): string {
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; img-src data:`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>escarp report</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="report-data">null</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
