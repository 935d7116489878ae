// Bundles the functions of a service with esbuild, whose options are `custom.esbuild`, and zips each bundle.
const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
const { dirname, extname, join, relative } = require('node:path');

// The oldest time that a zip can hold, in parts, since zips hold local time: with one time for all, the same sources make
// the same package, and the CLI deploys nothing.
const mtime = new Date(1980, 0, 1);

module.exports = class Bundle {
  constructor(serverless, options) {
    const { service, serviceDir } = serverless;
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => packageFunctions(service.getAllFunctions()),
      'before:deploy:function:packageFunction': () => packageFunctions([options.function]),
      'before:invoke:local:invoke': async () => {
        const folder = join('.serverless', 'invoke-local');
        for (const { files } of await bundlesOf([options.function])) {
          for (const [path, contents] of files) write(join(serviceDir, folder, path), contents);
          options.extraServicePath = folder;
        }
      },
    };

    async function packageFunctions(names) {
      for (const { name, files } of await bundlesOf(names)) {
        const artifact = join('.serverless', `${name}.zip`);
        write(join(serviceDir, artifact), zipOf(files));
        Object.assign(service.getFunction(name), { package: { ...service.getFunction(name).package, artifact } });
      }
    }

    /** In one build, since most of their sources are the same. */
    async function bundlesOf(names) {
      const modules = names
        .map((name) => ({ ...service.getFunction(name), name }))
        // An image, or what somebody else has packaged, is left as it is.
        .filter(({ image, package: { artifact } = {} }) => image === undefined && artifact === undefined)
        .map(({ name, handler }) => ({ name, module: handler.slice(0, handler.lastIndexOf('.')) }));
      if (modules.length === 0) return [];
      // Not above: most commands bundle nothing.
      const { build } = require('esbuild');
      const outdir = join(serviceDir, '.serverless');
      const { outputFiles } = await build({
        ...service.custom?.esbuild,
        entryPoints: Object.fromEntries(modules.map(({ name, module }) => [module, sourceOf(name, module)])),
        absWorkingDir: serviceDir,
        outdir,
        bundle: true,
        write: false,
        logLevel: 'silent',
      }).catch(({ message }) => {
        throw new serverless.classes.Error(message, 'FUNCTIONS_NOT_BUILT');
      });
      const built = outputFiles.map(({ path, contents }) => [relative(outdir, path).replaceAll('\\', '/'), contents]);
      return modules.map(({ name, module }) => ({ name, files: built.filter(([path]) => isOf(module, path)) }));
    }

    function sourceOf(name, module) {
      const source = ['.ts', '.js', '.mjs'].map((extension) => join(serviceDir, module + extension)).find(existsSync);
      if (source !== undefined) return source;
      throw new serverless.classes.Error(`There is no ${module}.ts for the function ${name}.`, 'HANDLER_NOT_FOUND');
    }
  }
};

/** Whether a file is the bundle of a module, or its source map. */
function isOf(module, path) {
  const bundle = path.replace(/\.map$/, '');
  return bundle.slice(0, -extname(bundle).length) === module;
}

function zipOf(files) {
  const { zipSync } = require('fflate');
  // Readable for everybody, as Lambda needs it.
  const attributes = { mtime, os: 3, attrs: 0o644 << 16 };
  return zipSync(Object.fromEntries(files.map(([path, contents]) => [path, [contents, attributes]])));
}

function write(file, contents) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents);
}
