import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { browserTestFiles, countingFiles, patientFiles } from '../kinds-of-test.mjs';
import { root } from '../workspace.mjs';

describe('the files of browser tests', () => {
  const { patient, counting, others } = browserTestFiles();
  const all = [...patient, ...counting, ...others];

  it('are each run once, the patient and the counting ones apart', () => {
    expect(patient.toSorted()).toEqual(patientFiles.toSorted());
    expect(counting.toSorted()).toEqual(countingFiles.toSorted());
    expect(new Set(all).size).toBe(all.length);
    expect(others.length).toBeGreaterThan(80);
    expect(all.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
