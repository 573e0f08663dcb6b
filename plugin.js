// What Pulumi starts for programs in other languages: `main` of package.json, which it calls when it is a
// function. Programs that import the package get index.ts, by `exports` there.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// A checkout serves its sources, which Pulumi compiles as they are loaded: a bin/ in it may be of an earlier version.
const sources = join(__dirname, "src/plugin/provider.ts");
const { serve } = require(
  existsSync(sources) ? "./src/plugin/provider" : "./bin/src/plugin/provider.js",
);

module.exports = () => serve(__dirname);
