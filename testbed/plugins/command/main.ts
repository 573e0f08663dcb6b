import { version } from "@pulumi/command/package.json";
import { serve } from "../serve";
import { remoteCommand } from "./remoteCommand";

serve({ name: "command", version, resources: { "command:remote:Command": remoteCommand } });
