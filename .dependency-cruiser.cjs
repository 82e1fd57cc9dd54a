// Who may import whom. docs/architecture.md draws the arrows; these rules hold them.
const { existsSync, readFileSync, readdirSync } = require('node:fs');
const nodePath = require('node:path');

const sources = '^(packages|apps)/[^/]+/src/';

/** The source files that a package's `exports` name: the doors it may be entered by. */
const doors = ['packages', 'apps'].flatMap((group) =>
  readdirSync(nodePath.join(__dirname, group)).flatMap((name) => {
    const manifest = nodePath.join(__dirname, group, name, 'package.json');
    if (!existsSync(manifest)) return [];
    return Object.values(JSON.parse(readFileSync(manifest, 'utf8')).exports)
      .map((target) => nodePath.join(group, name, target['@escarp/source'] ?? target))
      .map((path) => `^${path.replaceAll('.', '\\.')}$`);
  }),
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'core-is-pure',
      comment:
        'The registry is a state machine: nothing but the contract, no Node module, no npm dependency.',
      severity: 'error',
      from: { path: '^packages/lease-registry/src/' },
      to: { pathNot: ['^packages/lease-registry/src/', '^packages/contract/src/'] },
    },
    {
      name: 'contract-depends-on-nothing',
      severity: 'error',
      from: { path: '^packages/contract/src/' },
      to: { pathNot: '^packages/contract/src/' },
    },
    {
      name: 'owned-files-depends-on-nothing',
      severity: 'error',
      from: { path: '^packages/owned-files/src/' },
      to: { path: '^(packages|apps)/', pathNot: '^packages/owned-files/' },
    },
    {
      name: 'child-process-depends-on-nothing',
      severity: 'error',
      from: { path: '^packages/child-process/src/' },
      to: { path: '^packages/', pathNot: '^packages/child-process/src/' },
    },
    {
      name: 'ground-floor-packages-are-strangers',
      comment:
        'A package of the ground floor imports none but the contract, the files and the processes; the broker, the MCP server, the endpoint for test runners and the viewer join them.',
      severity: 'error',
      from: {
        path: '^packages/([^/]+)/',
        pathNot: '^packages/(broker|mcp-server|playwright-endpoint|live-view)/',
      },
      to: {
        path: '^packages/',
        pathNot: ['^packages/$1/', '^packages/(contract|owned-files|child-process|test-support)/'],
      },
    },
    {
      name: 'packages-never-import-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|bench|e2e)/' },
    },
    {
      name: 'no-app-imports-an-app',
      comment: "An app may start another one's program.",
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^(apps|bench|e2e)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'outsiders-start-programs',
      comment: 'What is measured or tested from outside is a package, or a program as it was built.',
      severity: 'error',
      from: { path: '^(bench|e2e)/' },
      to: { path: ['^apps/', '^(bench|e2e)/'], pathNot: '^$1/' },
    },
    {
      name: 'no-deep-imports',
      comment: 'A package is what it exports; what lies behind that may move.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/|^(bench|e2e)/' },
      to: { path: '^(packages|apps)/[^/]+/', pathNot: ['^$1/$2/', ...doors] },
    },
    {
      name: 'test-support-only-from-tests',
      severity: 'error',
      from: { pathNot: ['^packages/test-support/', '^(packages|apps)/[^/]+/test/', '^(bench|e2e)/'] },
      to: { path: '^packages/test-support/' },
    },
    {
      name: 'mcp-sdk-only-where-mcp-is',
      severity: 'error',
      from: { path: sources, pathNot: '^packages/(transport/src/mcp|page-tools/src)/' },
      to: { path: '@modelcontextprotocol/' },
    },
    {
      name: 'no-circular',
      comment: 'Of two files that need each other, neither can be understood first; types count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      conditionNames: ['@escarp/source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
