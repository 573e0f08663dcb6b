import { destroyAllHosts } from "../../../testbed/hosts";
import { cutsOn } from "./powerCuts";

afterAll(destroyAllHosts);

cutsOn(1, ["xfs", "btrfs"]);
