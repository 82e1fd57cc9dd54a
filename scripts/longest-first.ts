import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute and more. Started last, one would keep a single worker busy long after the others. */
const long = [
  'reset-guarantee',
  'security/test/state-files',
  'watch/silent-browsers',
  'slot-pool/test/slot-pool',
  'e2e/test/page-tools',
  'e2e/test/outside-mcp-servers',
  'bench/test/bench',
  'e2e/test/run-ends',
  'e2e/test/mcp-stdio',
  'security/test/hostile-pages',
  'security/test/terminal-and-processes',
  'commands/silent-daemon',
];

/** Starts the long files first; Vitest alone knows how long a file takes only where it has run it before. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = long.findIndex((name) => moduleId.includes(name));
      return at < 0 ? long.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
