import { defineConfig, mergeConfig } from 'vitest/config';
import { everyTest, projects, testsIn } from './vitest.workspace.ts';

/**
 * All tests as one project. Vitest shares a process, and what was loaded in it, only between files of the same project. With
 * a project for each package, the unit tests spent a third of their processor time on loading the same modules again.
 */
export default mergeConfig(
  everyTest,
  defineConfig({ test: { include: Object.values(projects).map(testsIn) } }),
);
