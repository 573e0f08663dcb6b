// The same as create.cjs, where the program is an ES module.
import pulumi from "@pulumi/pulumi";
import { RootlessDockerHost } from "rootless-docker";
import { create } from "./create.cjs";

await create(pulumi, RootlessDockerHost);
