// The folder unit alone, for Stryker, whose jest runner knows one project.
const { projects } = require("../../jest.config");

module.exports = projects.find(({ displayName }) => displayName === "unit");
