// Uses up every descriptor but ten, empties the folder that is named, and says as JSON what could not be deleted.
import { closeSync, openSync } from 'node:fs';
import { emptyFolder, OwnedFolder } from '../dist/index.js';

const folder = await OwnedFolder.open(process.argv[2]);
const taken = [];
try {
  for (;;) taken.push(openSync('/dev/null'));
} catch {
  for (const descriptor of taken.splice(0, 10)) closeSync(descriptor);
}
const left = await emptyFolder(folder);
for (const descriptor of taken) closeSync(descriptor);
process.stdout.write(JSON.stringify(left));
