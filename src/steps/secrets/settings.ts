import { type Document, JsonText } from "../document";

/** Secret values by where they go: `environment/HTTP_PROXY`, `daemon.json/proxies`, `tls/key.pem`. */
export type SecretsSettings = Record<string, unknown>;

export function secretsSettings(
  daemon: Record<string, unknown>,
  environment: Record<string, string>,
  tls: Record<string, string>,
): SecretsSettings {
  const at = (folder: string, values: Record<string, unknown>) =>
    Object.entries(values).map(([name, value]) => [`${folder}/${name}`, value] as const);
  return Object.fromEntries([
    ...at("daemon.json", daemon),
    ...at("environment", environment),
    ...at("tls", tls),
  ]);
}

export function secretsDocument(secrets: SecretsSettings): Document {
  return Object.fromEntries(
    Object.entries(secrets).map(([place, value]) => [place, new JsonText(value)]),
  );
}
