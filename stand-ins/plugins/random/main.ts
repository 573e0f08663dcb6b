import { version } from "@pulumi/random/package.json";
import { serve } from "../serve";
import { randomId } from "./randomId";

serve({ name: "random", version, resources: { "random:index/randomId:RandomId": randomId } });
