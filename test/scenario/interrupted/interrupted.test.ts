import { destroyAllHosts } from "../../../testbed/hosts";
import { interruptedRuns } from "./interrupted";

afterAll(destroyAllHosts);

interruptedRuns();
