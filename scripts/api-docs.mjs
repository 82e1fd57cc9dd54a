// pnpm docs:api: the API of every published package, as pages in .cache/api. --check writes nothing and names what is
// exported from a package's entry without saying what it is: a declaration or method without a docstring, a number
// whose name and docstring give no unit, a function that throws and does not say what.
import { join, relative } from 'node:path';
import { readFileSync } from 'node:fs';
import { Application, LogLevel, ReflectionKind } from 'typedoc';
import { fail } from './run.mjs';
import { published, root } from './workspace.mjs';

const isCheck = process.argv.includes('--check');
const UNIT =
  /(?:Ms|S|Bytes|Px|Max|Min|Count|Length|Port|Pid|Uid|Id|Index|Width|Height|Version|Revision|Status|Code)$/;
// Lengths in pixels, numbers of ports, processes and slots, counts, and places in an order.
const UNITS_BY_NAME = new Set([
  'x',
  'y',
  'width',
  'height',
  'left',
  'top',
  'port',
  'pid',
  'slot',
  'index',
  'fence',
  'resetFence',
  'revision',
  'status',
  'failures',
  'order',
  'position',
  'arrivals',
]);
const DECLARED = new Set([
  ReflectionKind.Function,
  ReflectionKind.Class,
  ReflectionKind.Interface,
  ReflectionKind.TypeAlias,
  ReflectionKind.Variable,
  ReflectionKind.Enum,
]);

try {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: entries(),
    tsconfig: join(root, 'tsconfig.api.json'),
    name: 'escarp',
    readme: 'none',
    out: join(root, '.cache/api'),
    basePath: root,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    skipErrorChecking: true,
    validation: false,
    logLevel: LogLevel.Error,
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc could not read the packages.');
  if (isCheck) report(project);
  else await app.generateOutputs(project);
} catch (error) {
  fail(error);
}

/** The source files that the packages' `exports` name. */
function entries() {
  return published()
    .filter(({ folder }) => folder.startsWith(join(root, 'packages')))
    .flatMap(({ folder, manifest }) =>
      Object.values(manifest.exports).map((target) => join(folder, target['@escarp/source'])),
    );
}

function report(project) {
  const faults = new Set(project.getReflectionsByKind(ReflectionKind.All).flatMap(faultsOf));
  const declared = project
    .getReflectionsByKind(ReflectionKind.SomeModule)
    .flatMap(({ children = [] }) => children);
  for (const fault of [...faults].toSorted((a, b) => a.localeCompare(b))) console.log(fault);
  console.log(`${declared.length} exports, ${faults.size} not described`);
  // A conversion that saw nothing finds nothing wrong.
  if (declared.length < 100) throw new Error(`Only ${declared.length} exports were seen.`);
  if (faults.size > 0) process.exitCode = 1;
}

function faultsOf(reflection) {
  const [source] = reflection.sources ?? [];
  if (source === undefined || reflection.isReference?.()) return [];
  const place = `${relative(root, source.fullFileName)}:${source.line} ${reflection.getFriendlyFullName()}`;
  const text = textOf(reflection);
  const isExported =
    DECLARED.has(reflection.kind) &&
    reflection.parent?.kindOf(ReflectionKind.SomeModule | ReflectionKind.Project);
  const isMethod =
    reflection.kind === ReflectionKind.Method &&
    reflection.parent?.kindOf(ReflectionKind.Class | ReflectionKind.Interface);
  if ((isExported || isMethod) && text === '') return [`${place}: says nothing`];
  if (
    reflection.kind === ReflectionKind.Property &&
    isNumber(reflection.type) &&
    text === '' &&
    !hasUnit(reflection.name) &&
    !isSchemaField(source) &&
    !isTimeOfKnownUnit(reflection)
  )
    return [`${place}: a number without a unit`];
  if (reflection.kind === ReflectionKind.Function && throws(source) && !/throws|rejects/i.test(text))
    return [`${place}: throws, and does not say what`];
  return [];
}

function textOf(reflection) {
  const comments = [
    reflection.comment,
    ...(reflection.signatures ?? []).map(({ comment }) => comment),
    ...ownOf(reflection),
  ];
  return comments
    .flatMap((comment) =>
      comment
        ? [
            ...comment.summary,
            ...comment.blockTags.flatMap(({ tag, content }) => [{ text: tag }, ...content]),
          ]
        : [],
    )
    .map(({ text }) => text)
    .join('')
    .trim();
}

/** A property that is a function keeps its comment with the function's signature. */
function ownOf({ type }) {
  return (type?.declaration?.signatures ?? []).map(({ comment }) => comment);
}

/** "Times are epoch milliseconds." in the docstring of a type holds for every field of it named `at` or ending in "At". */
function isTimeOfKnownUnit({ name, parent }) {
  if (name !== 'at' && !name.endsWith('At')) return false;
  for (let above = parent; above !== undefined; above = above.parent)
    if (/\bTimes are\b/.test(textOf(above))) return true;
  return false;
}

/** A field of a schema says what it is through `described`, which OpenAPI and the MCP tools show too. */
function isSchemaField({ fullFileName, line }) {
  return readFileSync(fullFileName, 'utf8').split('\n')[line - 1].includes(': described(');
}

function isNumber(type) {
  if (type?.type === 'union') return type.types.some(isNumber);
  return type?.type === 'intrinsic' && type.name === 'number';
}

function hasUnit(name) {
  return UNIT.test(name) || UNITS_BY_NAME.has(name);
}

/** Whether the function's own lines throw; what it calls is described there. */
function throws({ fullFileName, line }) {
  const lines = readFileSync(fullFileName, 'utf8')
    .split('\n')
    .slice(line - 1);
  const end = lines.findIndex((each) => each === '}');
  return lines.slice(0, end === -1 ? 1 : end).some((each) => /\bthrow /.test(each));
}
