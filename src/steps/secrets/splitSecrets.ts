import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "../../args";
import { isPlain } from "../../remote/connection";
import { hasCredentials } from "../../validation/credentials";

interface Entry {
  /** Such as `environment/HTTP_PROXY`: where the value goes on the host. */
  place: string;
  name: string;
  /** The value, as JSON. */
  json: string;
  secret: boolean;
}

type Mapping = pulumi.Input<{ [key: string]: pulumi.Input<unknown> }> | undefined;

/**
 * Parts the secret values of `daemon` and `environment` from the others: those travel in a command of
 * their own, since one secret part hides a whole document in previews. What holds credentials is a secret
 * whether it is marked or not.
 */
export function splitSecrets(args: RootlessDockerHostArgs) {
  const daemon = entries("daemon.json", args.daemon);
  const environment = entries("environment", args.environment);
  const secrets = pulumi
    .all([daemon, environment])
    .apply(([a, b]) => [...a, ...b].filter(({ secret }) => secret));
  return {
    daemon: daemon.apply(openValues),
    environment: environment.apply(openValues),
    secretNames: secrets.apply((list) => list.map(({ place }) => place)),
    secretValues: secrets.apply((list) => {
      const values = Object.fromEntries(list.map(({ place, json }) => [place, json]));
      return list.length > 0 ? pulumi.secret(values) : pulumi.output(values);
    }),
  };
}

function openValues(list: Entry[]): Record<string, unknown> {
  return Object.fromEntries(
    list.filter(({ secret }) => !secret).map(({ name, json }) => [name, JSON.parse(json)]),
  );
}

function entries(place: string, mapping: Mapping): pulumi.Output<Entry[]> {
  // Given as a whole, it is secret as a whole; else value by value.
  if (isPlain(mapping)) {
    const parts = Object.entries(mapping).map(([name, value]) =>
      opened(pulumi.output(value)).apply(([json, secret]) =>
        entriesOf(place, { [name]: json }, secret),
      ),
    );
    return pulumi.all(parts).apply((lists) => lists.flat());
  }
  return opened(pulumi.output(mapping ?? {})).apply(([json, secret]) =>
    entriesOf(place, jsonByName(json), secret),
  );
}

function opened(value: pulumi.Output<unknown>): pulumi.Output<[string | undefined, boolean]> {
  const json = pulumi.unsecret(value).apply((known) => JSON.stringify(known) as string | undefined);
  return pulumi.all([json, pulumi.isSecret(value)]);
}

function jsonByName(json: string | undefined): Record<string, string> {
  const known = JSON.parse(json ?? "{}") as Record<string, unknown>;
  return Object.fromEntries(Object.entries(known).map(([name, v]) => [name, JSON.stringify(v)]));
}

function entriesOf(
  place: string,
  values: Record<string, string | undefined>,
  secret: boolean,
): Entry[] {
  return Object.entries(values).flatMap(([name, json]) =>
    json === undefined || json === "null"
      ? []
      : [
          {
            place: `${place}/${name}`,
            name,
            json,
            secret: secret || hasCredentials(name, JSON.parse(json)),
          },
        ],
  );
}

/** `daemon` or `environment` as the component's inputs are recorded: what is a secret by form is marked. */
export function markCredentials(mapping: Mapping): Mapping {
  if (!isPlain(mapping)) return mapping === undefined ? undefined : marked("", mapping);
  return Object.fromEntries(
    Object.entries(mapping).map(([name, value]) => [name, marked(name, value)]),
  );
}

function marked<T>(name: string, value: pulumi.Input<T>): pulumi.Output<T> {
  return pulumi
    .output(value)
    .apply((known) =>
      hasCredentials(name, known) ? pulumi.secret(known) : pulumi.output(known),
    ) as pulumi.Output<T>;
}
