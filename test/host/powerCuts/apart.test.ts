import { destroyAllHosts } from "../../../stand-ins/hosts";
import { cutsOn } from "./powerCuts";

afterAll(destroyAllHosts);

// What root writes is on three file systems then: a sync of one says nothing of the others.
cutsOn(1, ["ext4"], ["home", "var"]);
