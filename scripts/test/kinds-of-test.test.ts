import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { browserTestFiles, patientFiles } from '../kinds-of-test.mjs';
import { root } from '../workspace.mjs';

describe('the files of browser tests', () => {
  const { patient, others } = browserTestFiles();

  it('are each run once, the patient ones apart', () => {
    expect(patient.toSorted()).toEqual(patientFiles.toSorted());
    expect(new Set([...patient, ...others]).size).toBe(patient.length + others.length);
    expect(others.length).toBeGreaterThan(100);
    expect([...patient, ...others].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
