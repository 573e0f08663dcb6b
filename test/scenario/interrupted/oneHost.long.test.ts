import { destroyAllHosts } from "../../../testbed/hosts";
import { halfOfTheRuns } from "./half";

afterAll(destroyAllHosts);

halfOfTheRuns(0);
