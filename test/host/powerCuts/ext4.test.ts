import { destroyAllHosts } from "../../../testbed/hosts";
import { long } from "../../../testkit/long";
import { cutsOn } from "./powerCuts";

afterAll(destroyAllHosts);

if (long) cutsOn(1 / 2, ["ext4", "btrfs"]);
else cutsOn(1, ["ext4"]);
