// Loaded with `--require` into the processes of a CDK command. Node 24 runs the TypeScript behind it. With `--import`, Node
// would load the app as an ES module, past ts-node.
require('#shared/serverless/plugin/local/refuse-aws.ts').refuseAws();
