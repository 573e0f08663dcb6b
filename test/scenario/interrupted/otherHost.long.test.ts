import { destroyAllHosts } from "../../../testbed/hosts";
import { interruptedRuns } from "./interrupted";

afterAll(destroyAllHosts);

// As many again, on a host of their own.
interruptedRuns(1000);
