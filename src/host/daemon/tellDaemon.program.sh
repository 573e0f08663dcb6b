# Has the account's service manager start, restart or stop its daemon. Argument: start, restart or
# stop.
# root as account: systemctl --user for its daemon and the prune timer.
unit=docker.service
if [ "$1" != stop ]; then
	systemctl --user reset-failed "$unit" 2>/dev/null
	exec systemctl --user "$1" "$unit"
fi
# From systemd 262 on the units of one command are one transaction, which stops none if one of them
# is not loaded.
for stopped in docker-prune.timer docker-prune.service "$unit"; do
	systemctl --user stop "$stopped"
done
# Stopping what is not loaded fails, which does not count.
case $(systemctl --user is-active "$unit") in
inactive | failed | unknown) exit 0 ;;
esac
exit 1
