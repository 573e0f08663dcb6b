import { engineHost } from "../../../testkit/engineHost";
import { testAttacks } from "../../../testkit/hostileAccount";

// The attacks of promise 7 (test/first/promises/upheld) on a host as strict as fedora44's image.
testAttacks(engineHost({ like: "fedora44" }));
