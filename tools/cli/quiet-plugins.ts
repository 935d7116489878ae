/**
 * Loaded into the Serverless CLI: keeps back what serverless-localstack says anew of each command. Inside the process,
 * since piped through another one the CLI has no terminal to draw in.
 */
const said = /^\s*(?:Using serverless-localstack|serverless-localstack: Reconfigured endpoints)\s*$/;

process.stderr.write = new Proxy(process.stderr.write, {
  apply: (write, stream, args) => said.test(String(args[0])) || Reflect.apply(write, stream, args),
});
