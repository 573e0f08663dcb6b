import { destroyAllHosts } from "../../../stand-ins/hosts";
import { cutsOn } from "./powerCuts";

afterAll(destroyAllHosts);

cutsOn(1, ["ext4"]);
