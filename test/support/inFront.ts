import type { TestHost } from "../../stand-ins/hosts";
import { root } from "./host";

// What the agent does is seen, or disturbed, by programs in front of its own on PATH.

/** Puts a program in front of one on root's PATH: these lines of sh run first, and the program then. */
export async function inFront(host: TestHost, program: string, lines: string): Promise<void> {
  await root(
    host,
    `own=$(PATH=/usr/sbin:/usr/bin command -v ${program})
    printf '%s\\n' '#!/bin/sh' "$(cat <<'LINES'\n${lines}\nLINES\n)" "exec $own \\"\\$@\\"" >/usr/local/sbin/${program}.new
    chmod 755 /usr/local/sbin/${program}.new; mv /usr/local/sbin/${program}.new /usr/local/sbin/${program}`,
  );
}

/** Has the agent die right before a program does these arguments, as by a kill from outside. */
export const killedBy = (host: TestHost, program: string, ofArguments: string) =>
  inFront(host, program, `case "$*" in ${ofArguments}) kill -KILL $PPID; exit 1 ;; esac`);

/** Takes away what was put in front of these programs. */
export const asBefore = (host: TestHost, ...programs: string[]) =>
  root(host, programs.map((program) => `rm /usr/local/sbin/${program}`).join("; "));
