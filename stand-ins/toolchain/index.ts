export {
  ensureSdkLanguages,
  ensureToolchain,
  ensureYamlLanguage,
  type Toolchain,
} from "./toolchain";
export { createWorkspaceStack, type WorkspaceStackArgs } from "./workspaceStack";
export { previewEvents, previewText } from "./preview";
