// What Pulumi starts for programs in other languages: `main` of package.json, which it calls when it is a
// function. Programs that import the package get index.ts, by `exports` there.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// A checkout that is not built serves its sources, which Pulumi compiles as they are loaded.
const built = join(__dirname, "bin/src/plugin/provider.js");
const { serve } = require(existsSync(built) ? built : "./src/plugin/provider");

module.exports = () => serve(__dirname);
