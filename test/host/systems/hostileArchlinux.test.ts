import { engineHost } from "../../support/engineHost";
import { testAttacks } from "../../support/hostileAccount";

// The attacks of promise 7 (test/first/promises/upheld) on a host as strict as archlinux's image.
testAttacks(engineHost({ like: "archlinux" }));
