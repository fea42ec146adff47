// The allowed imports. Each rule says what to do instead. Exceptions stand in the rule itself, with a reason; the list only shrinks.

const TESTS = ['\\.(test|suite)\\.ts$', '\\.int\\.test\\.ts$', '^services/[^/]+/test/', '^tests/'];

/** Returns the rule that only the `allowed` folders may import `packages`. */
const only = (name, packages, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: '^(libs|services|deploy)/', pathNot: [...allowed, ...TESTS] },
  to: { path: packages.map((each) => `node_modules/${each}/`) },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or share a third: move what both need into its own file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'services-are-islands',
      comment: 'A service never imports another: call it over gRPC, or publish to it over NATS.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'libs-know-no-service',
      comment: 'A lib does not depend on a service: pass in what it needs.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(services|deploy|tests)/' },
    },
    {
      name: 'modules-through-index',
      comment: 'Another module is used through its index.ts: export there what you need.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/modules/([^/]+)/' },
      to: {
        path: '^services/$1/src/modules/[^/]+/.+',
        pathNot: ['^services/$1/src/modules/$2/', '^services/$1/src/modules/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'orm-stays-in-persistence',
      comment:
        'TypeORM belongs in *.entity.ts, *.repository.ts, database/, resource/ and migrations/: add a method named for the use to the repository.',
      severity: 'error',
      from: {
        path: '^services/',
        pathNot: [
          '\\.(entity|repository)\\.ts$',
          '/migrations/',
          '/database/',
          '^services/core/src/resource/',
          '\\.module\\.ts$',
          ...TESTS,
        ],
      },
      to: { path: 'node_modules/(typeorm|@nestjs/typeorm)/' },
    },
    {
      name: 'transport-does-not-see-entities',
      comment: 'Controllers, rpc handlers and consumers work with views and domain values.',
      severity: 'error',
      from: { path: '\\.(controller|rpc|consumer)\\.ts$' },
      to: { path: '\\.entity\\.ts$' },
    },
    only('ssh2-in-tests-only', ['ssh2'], ['^tests/'], 'Use the engine, libs/ssh.'),
    {
      name: 'engine-behind-the-ssh-folder',
      comment: 'Services use SSH through their own src/ssh, which defines what they need of it.',
      severity: 'error',
      from: { path: '^services/(gateway|worker)/', pathNot: ['^services/[^/]+/src/ssh/', ...TESTS] },
      to: { path: '^libs/ssh/' },
    },
    only('grpc-stays-in-rpc', ['@grpc/grpc-js'], ['^libs/rpc/', '^libs/proto-gen/'], 'Use libs/rpc.'),
    only('nats-stays-in-bus', ['@nats-io/[^/]+'], ['^libs/bus/'], 'Use libs/bus.'),
    // backing creates the bucket of a server that it has just started, before the server has an owner.
    only('s3-stays-in-object-store', ['minio'], ['^libs/object-store/', '^libs/backing/src/seaweed/'], 'Use libs/object-store.'),
    only('elasticsearch-stays-in-the-indexer', ['@elastic/elasticsearch'], ['^services/indexer/src/store/'], 'Ask the indexer.'),
    only(
      'postgres-stays-with-its-owners',
      ['pg'],
      [
        '^services/core/src/database/',
        '^services/core/src/modules/outbox/',
        '^services/indexer/src/',
        '^libs/testkit/',
        '^deploy/local/src/',
        '^libs/backing/',
        '^libs/database/',
        // It reads the server's own state, and no row of a user.
        '^services/cli/src/doctor/',
      ],
      'Only core and the indexer have tables; call them.',
    ),
    {
      name: 'testkit-only-in-tests',
      comment: 'Production code does not start the parts of tests.',
      severity: 'error',
      from: { path: '^(libs|services|deploy)/', pathNot: ['^libs/testkit/', ...TESTS] },
      to: { path: '^libs/testkit/' },
    },
    {
      name: 'backing-only-where-parts-are-started',
      comment: 'Only the one-command start and tests start backing services.',
      severity: 'error',
      from: { path: '^(libs|services)/', pathNot: ['^libs/(backing|testkit)/', ...TESTS] },
      to: { path: '^libs/backing/' },
    },
    {
      name: 'declared-packages-only',
      comment: 'Undeclared package: add it to the package.json of the folder, with a reason.',
      severity: 'error',
      from: { path: '^(libs|services|deploy)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'], pathNot: '^node:' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: 'libs/proto-gen/(src|dist)/gen/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    combinedDependencies: true,
  },
};
