/**
 * Lines for root's shell, after which one of the agent's programs ends it: before it does its work, or after that.
 *
 * @param argument a part of its arguments.
 * @param when before or after. Defaults to before.
 */
export function cutAt(program: string, argument: string, when = "before"): string {
  return `own=$(command -v ${program})
    cat >/usr/local/sbin/${program} <<PROGRAM
#!/bin/sh
case "\\$*" in *"${argument}"*)
  [ ${when} = before ] || $own "\\$@"
  kill -9 \\$PPID
  exit 1 ;;
esac
exec $own "\\$@"
PROGRAM
    chmod 755 /usr/local/sbin/${program}`;
}
